import { randomBytes, X509Certificate } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { subjectOf } from '../../endpoint/presented.ts'
import { Pki } from '../../pki/issue.ts'
import { KeyPool } from '../../pki/key-pool.ts'
import { sha256Hex } from '../../pki/thumbprint.ts'
import type { RegisteredCertificate } from '../../token-server/types.ts'
import { startBackend, type StartedBackend } from '../backend/backend.ts'
import type { SlotClaim } from '../backend/protocol.ts'
import type { Targets } from '../backend/targets.ts'
import type { FileContent } from '../containers/tar.ts'
import { curlText, handOut } from './hand-out.ts'
import { proxyFiles, type OriginAddress } from './proxy-files.ts'
import { PLACES, standAloneSituation, type Place, type StandAloneSituation } from './situation.ts'

/** How to start without an engine. */
export interface StandAloneOptions {
  /** Empty at first, and shared with nginx and HAProxy, which start once this has. */
  readonly folder: string
  /** Name under which nginx and HAProxy reach this process. */
  readonly host: string
  readonly trafficPort: number
  readonly controlPort: number
  /** What nginx and HAProxy say in `Hookproof-Secret`. */
  readonly trafficSecret: string
  /** Port of each place as the person sees it. */
  readonly ports: Readonly<Record<Place, number>>
}

/** Below the shared folder: what the person copies out. */
export const HAND_OUT_FOLDER = 'yours'

/** Written last: what is beside it is whole. */
const MARK = 'minted'

/**
 * Starts origin and token server for the standard situation, with nobody to drive them: mints its
 * certificates, writes what nginx and HAProxy read and what a person needs, and then listens. A folder
 * that was filled before is kept as it is, since nginx and HAProxy may be running from it.
 *
 * @throws HarnessError `ERR_PKI`, or Error when the folder cannot be written or a port is taken
 */
export async function startStandAlone(options: StandAloneOptions): Promise<StartedBackend> {
  const { folder, host, trafficPort, controlPort, trafficSecret } = options
  const situation = standAloneSituation()
  if (!existsSync(join(folder, MARK))) {
    await fill(folder, situation, { host, port: trafficPort, secret: trafficSecret })
  }
  const registered = await registeredIn(folder)
  return await startBackend({
    host: '0.0.0.0',
    trafficPort,
    controlPort,
    // Only /health is asked, which needs none.
    controlSecret: randomBytes(24).toString('hex'),
    trafficSecret,
    async prepare(targets) {
      const urls = populate(targets, situation, registered, options.ports)
      const text = curlText({ urls, clientId: situation.tokenServer.clientId })
      await writePrivate(folder, new Map([[`${HAND_OUT_FOLDER}/curl.txt`, text]]))
    },
  })
}

async function fill(
  folder: string,
  situation: StandAloneSituation,
  origin: OriginAddress,
): Promise<void> {
  const pki = new Pki({ now: new Date(), keys: new KeyPool() })
  const material = await pki.issue(situation.certificates)
  const mine = [...handOut(situation, material)]
  await writePrivate(folder, proxyFiles(situation, material, origin))
  await writePrivate(
    folder,
    new Map(mine.map(([name, content]) => [`${HAND_OUT_FOLDER}/${name}`, content])),
  )
  await writePrivate(folder, new Map([[MARK, '']]))
}

async function writePrivate(
  folder: string,
  files: ReadonlyMap<string, FileContent>,
): Promise<void> {
  for (const [name, content] of files) {
    const path = join(folder, name)
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    await writeFile(path, content, { mode: 0o600 })
  }
}

/** The certificate that was handed out is the one that the token server knows. */
async function registeredIn(folder: string): Promise<RegisteredCertificate> {
  const chain = await readFile(join(folder, HAND_OUT_FOLDER, 'dispatcher.pem'))
  const { raw } = new X509Certificate(chain)
  return { sha256: sha256Hex(raw), subject: subjectOf(raw) }
}

/** Starts sites and realm. Gives the URL of each place. */
function populate(
  targets: Targets,
  { setups, tokenServer }: StandAloneSituation,
  registered: RegisteredCertificate,
  ports: StandAloneOptions['ports'],
): Readonly<Record<Place, string>> {
  const baseOf = (place: Place): string => `https://${setups[place].host}:${ports[place]}`
  const slotsOf = (...places: readonly Place[]): readonly SlotClaim[] =>
    places.map((place) => ({
      slot: PLACES[place].slot,
      loadBalancer: setups[place].loadBalancer,
    }))
  const { id: realm, realm: tokens } = targets.startRealm({
    setup: tokenServer,
    clientSecret: randomBytes(24).toString('hex'),
    registered,
    foreignSha256: randomBytes(32).toString('hex'),
    issuer: baseOf('token-server'),
    slots: slotsOf('token-server'),
  })
  const startSite = (place: Place, slots: readonly SlotClaim[]): string =>
    targets.startSite({
      listener: 'endpoint',
      setup: setups[place],
      secrets: [],
      slots,
      realm,
      base: baseOf(place),
      elsewhere: null,
    }).site.path
  const path = startSite('endpoint', slotsOf('endpoint', 'alert-endpoint'))
  const boundPath = startSite('bound-endpoint', slotsOf('bound-endpoint'))
  return {
    endpoint: `${baseOf('endpoint')}${path}`,
    'token-server': `${baseOf('token-server')}${tokens.prefix}/token`,
    'bound-endpoint': `${baseOf('bound-endpoint')}${boundPath}`,
    'alert-endpoint': `${baseOf('alert-endpoint')}${path}`,
  }
}
