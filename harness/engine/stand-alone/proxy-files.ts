import type { IssuedMaterial } from '../../pki/types.ts'
import { HAPROXY_SLOTS, haproxySlot } from '../containers/haproxy-config.ts'
import { ANCHORS_FOLDER, nginxShape, renderServer } from '../containers/nginx-config.ts'
import { servedBy } from '../containers/served.ts'
import type { FileContent } from '../containers/tar.ts'
import { PLACE_NAMES, PLACES, type Place, type StandAloneSituation } from './situation.ts'

/** Where the traffic port is for nginx and HAProxy, and the word by which it knows them. */
export interface OriginAddress {
  readonly host: string
  readonly port: number
  /** What nginx says in `Hookproof-Secret`. */
  readonly secret: string
}

/** Folder in which nginx and HAProxy look for what is not part of their images. */
export const PROXY_FOLDER = '/run/hookproof'

/**
 * Everything that nginx and HAProxy read below {@link PROXY_FOLDER}, by path. It is what the containers
 * engine gives them, but for where slots listen: a person's curl comes without a PROXY header, so a
 * slot listens to everyone, as behind a load balancer that sends none (docs/containers.md).
 */
export function proxyFiles(
  { setups }: StandAloneSituation,
  material: IssuedMaterial,
  origin: OriginAddress,
): ReadonlyMap<string, FileContent> {
  const files = new Map<string, FileContent>()
  const texts: Record<'nginx' | 'haproxy', string> = { nginx: '', haproxy: '' }
  const add = (path: string, content: FileContent): void => {
    files.set(path.replace(`${PROXY_FOLDER}/`, ''), content)
  }
  for (const place of PLACE_NAMES) {
    const { terminator } = PLACES[place]
    const rendered = { nginx: nginxServer, haproxy: haproxyFrontend }[terminator]
    texts[terminator] += rendered(place, { setup: setups[place], material, origin, add })
  }
  add('slots/stand-alone.conf', texts.nginx)
  add('slots/stand-alone.cfg', texts.haproxy)
  add('origin.conf', originConf(origin))
  return files
}

interface Making {
  readonly setup: StandAloneSituation['setups'][Place]
  readonly material: IssuedMaterial
  readonly origin: OriginAddress
  readonly add: (path: string, content: FileContent) => void
}

function nginxServer(place: Place, { setup, material, add }: Making): string {
  const { slot } = PLACES[place]
  const served = servedBy(setup, material)
  const shape = nginxShape(setup, served)
  for (const [name, content] of shape.files) add(`${ANCHORS_FOLDER}/${name}`, content)
  add(`slots/${slot}/chain.pem`, served.chain)
  add(`slots/${slot}/chain.pem.key`, served.key)
  const listen = `listen ${slot}${shape.speaks === 'tls' ? ' ssl' : ''};`
  return renderServer({ ...shape, lines: [listen, ...shape.lines] }, [])
}

function haproxyFrontend(place: Place, { setup, material, origin, add }: Making): string {
  const { slot } = PLACES[place]
  const { host: address, port } = origin
  const served = servedBy(setup, material)
  const { text, files } = haproxySlot(setup, served, slot, { address, port, proxyHeader: 'none' })
  for (const [name, content] of files) add(`${HAPROXY_SLOTS}/${slot}/${name}`, content)
  const behindWire = `bind 127.0.0.1:${slot} accept-proxy `
  if (!text.includes(behindWire)) throw new Error(`no "${behindWire}" in the slot of ${place}`)
  return text.replace(behindWire, `bind :${slot} `)
}

function originConf({ host, port, secret }: OriginAddress): string {
  return [
    `upstream origin { server ${host}:${port}; }`,
    `map "" $hookproof_secret { default "${secret}"; }\n`,
  ].join('\n')
}
