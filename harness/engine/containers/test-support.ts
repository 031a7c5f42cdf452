/** For the tests that need a Docker engine: whether there is one, and sessions in containers. */
import { execFileSync } from 'node:child_process'
import { Docker } from './docker.ts'
import { findDocker } from './docker-address.ts'
import { imageRecipes } from './images.ts'

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

/** Ids of the containers and networks of ours that exist. */
export function leftovers(): readonly string[] {
  const label = '--filter=label=hookproof.run'
  return [docker('ps', '--all', '--quiet', label), docker('network', 'ls', '--quiet', label)]
    .flatMap((output) => output.split('\n'))
    .filter(Boolean)
}
