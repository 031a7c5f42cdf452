/** For the tests that need a Docker engine: whether there is one, and sessions in containers. */
import { execFileSync } from 'node:child_process'
import { Docker } from './docker.ts'
import { findDocker } from './docker-address.ts'
import { imageRecipes } from './images.ts'
import { OWNER_LABEL } from './label.ts'

/** The bases that are on this machine take the place of the public ones. */
export async function useLocalBases(): Promise<void> {
  const finding = await findDocker()
  if (finding.found === 'none') return
  const docker = new Docker(finding.address)
  for (const { standIn } of imageRecipes({})) {
    const variable = `HOOKPROOF_BASE_${standIn.split('-').at(-1)?.toUpperCase() ?? ''}`
    if (process.env[variable] === undefined && (await docker.imageId(standIn)) !== null) {
      process.env[variable] = standIn
    }
  }
}

/** Runs the docker command and gives its output. */
export function docker(...args: readonly string[]): string {
  return execFileSync('docker', [...args], { encoding: 'utf8', timeout: 60_000 }).trim()
}

/** Ids of the containers and networks with a label; by default all that this process has started. */
export function leftovers(label = `${OWNER_LABEL}=${process.pid}`): readonly string[] {
  const filter = `--filter=label=${label}`
  return [docker('ps', '--all', '--quiet', filter), docker('network', 'ls', '--quiet', filter)]
    .flatMap((output) => output.split('\n'))
    .filter(Boolean)
}
