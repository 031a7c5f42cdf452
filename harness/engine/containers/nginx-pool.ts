import { createHash } from 'node:crypto'
import {
  ANCHORS_FOLDER,
  renderBareEntrance,
  renderServer,
  type NginxShape,
} from './nginx-config.ts'
import type { Ports } from './ports.ts'
import type { FileContent } from './tar.ts'

/** The server's own certificate of a slot. */
export interface OwnCertificate {
  readonly chain: string
  /** Secret. */
  readonly key: string
}

interface Server {
  readonly shape: NginxShape
  readonly ports: number[]
  /** Counts up with every use, for throwing out what was not used for long. */
  lastUse: number
}

/** What has to be done before leases hold. Paths are relative to the folder of slots. */
export interface NginxWork {
  readonly files: ReadonlyMap<string, FileContent>
  readonly configuration: 'same' | 'new'
}

/** What was begun since the last work was done, to be undone when it cannot be. */
interface Begun {
  readonly servers: Set<string>
  readonly taken: Set<number>
  readonly names: Set<string>
  readonly certified: Set<number>
}

const nothingBegun = (): Begun => ({
  servers: new Set(),
  taken: new Set(),
  names: new Set(),
  certified: new Set(),
})

/** Ports that a server gets when it is made or when they do not suffice. */
const PORTS_AT_ONCE = 2

/** Reloading costs by the number of servers. */
const MOST_SERVERS = 60

/** Path of a certificate file's folder, below the folder of slots. */
const ANCHORS = ANCHORS_FOLDER.split('/').at(-1) ?? ''

/**
 * One worker's servers in nginx. A server stays when its scenario is over: nearly every scenario needs
 * one that was there before, and only its own certificate changes, which nginx reads at the handshake.
 * So most scenarios need no reload. Bookkeeping only: the caller carries the work out.
 */
export class NginxPool {
  readonly #ports: Ports
  readonly #servers = new Map<string, Server>()
  readonly #busy = new Set<number>()
  readonly #certificateAt = new Map<number, string>()
  readonly #written = new Set<string>()
  #begun = nothingBegun()
  #uses = 0
  #files = new Map<string, FileContent>()
  #configuration: NginxWork['configuration'] = 'same'

  constructor(ports: Ports) {
    this.#ports = ports
  }

  /** A port whose server has this shape and, from the next work on, this certificate. */
  take(shape: NginxShape, certificate: OwnCertificate | null): number {
    const server = this.#serverFor(shape)
    server.lastUse = ++this.#uses
    const hash = certificate === null ? '' : hashOf(certificate)
    const free = server.ports.filter((port) => !this.#busy.has(port))
    const port = free.find((one) => this.#certificateAt.get(one) === hash) ?? free[0]
    if (port === undefined) {
      this.#grow(server)
      return this.take(shape, certificate)
    }
    this.#busy.add(port)
    this.#begun.taken.add(port)
    if (certificate !== null && this.#certificateAt.get(port) !== hash) {
      this.#certificateAt.set(port, hash)
      this.#begun.certified.add(port)
      this.#files.set(`${port}/chain.pem`, certificate.chain)
      this.#files.set(`${port}/chain.pem.key`, certificate.key)
    }
    return port
  }

  /** Makes a server of this shape, should there be none: whoever takes one then needs no reload. */
  prepare(shape: NginxShape): void {
    this.#serverFor(shape).lastUse = ++this.#uses
  }

  /** Whether something has been begun that nginx must reload for. */
  get needsReload(): boolean {
    return this.#configuration === 'new'
  }

  /** The scenario that took it is over. */
  free(port: number): void {
    this.#busy.delete(port)
  }

  /** What has become necessary since the last call. */
  work(): NginxWork {
    const work = { files: this.#files, configuration: this.#configuration }
    this.#files = new Map()
    this.#configuration = 'same'
    return work
  }

  /** The configuration of all servers. */
  render(): string {
    return [...this.#servers.values()]
      .map(({ shape, ports }) => renderServer(shape, ports))
      .join('')
  }

  /** What belongs into the stream part of it, for an nginx with this address. */
  renderStream(address: string): string {
    return [...this.#servers.values()]
      .filter(({ shape }) => shape.entrance === 'bare')
      .map(({ ports }) => renderBareEntrance(address, ports))
      .join('')
  }

  /** The work is done. */
  done(): void {
    this.#begun = nothingBegun()
  }

  /**
   * The work could not be done: frees what was taken for it, and forgets what it was to bring. What others
   * have taken before stays theirs.
   */
  undo(): void {
    const { servers, taken, names, certified } = this.#begun
    this.#begun = nothingBegun()
    for (const port of taken) this.#busy.delete(port)
    for (const port of certified) this.#certificateAt.delete(port)
    for (const name of names) this.#written.delete(name)
    for (const key of servers) this.#remove(key)
    this.#files = new Map()
    this.#configuration = 'new'
  }

  #serverFor(shape: NginxShape): Server {
    const key = [shape.speaks, shape.entrance, ...shape.lines].join('\n')
    const known = this.#servers.get(key)
    if (known !== undefined) return known
    if (this.#servers.size >= MOST_SERVERS || this.#ports.left < PORTS_AT_ONCE) this.#throwOut()
    const server = { shape, ports: [], lastUse: 0 }
    // First, for it may be that there are no ports: a server without one would listen somewhere else.
    this.#grow(server)
    this.#servers.set(key, server)
    this.#begun.servers.add(key)
    for (const [name, content] of shape.files) {
      if (this.#written.has(name)) continue
      this.#written.add(name)
      this.#begun.names.add(name)
      this.#files.set(`${ANCHORS}/${name}`, content)
    }
    return server
  }

  #grow(server: Server): void {
    for (let count = 0; count < PORTS_AT_ONCE; count++) server.ports.push(this.#ports.take())
    this.#configuration = 'new'
  }

  /** Throws out the half of the idle servers that was not used for longest. */
  #throwOut(): void {
    const idle = [...this.#servers]
      .filter(([, { ports }]) => ports.every((port) => !this.#busy.has(port)))
      .toSorted(([, one], [, other]) => one.lastUse - other.lastUse)
    for (const [key] of idle.slice(0, Math.ceil(idle.length / 2))) this.#remove(key)
  }

  #remove(key: string): void {
    const server = this.#servers.get(key)
    if (server === undefined) return
    this.#servers.delete(key)
    this.#ports.giveBack(server.ports)
    for (const port of server.ports) this.#certificateAt.delete(port)
    this.#configuration = 'new'
  }
}

function hashOf({ chain, key }: OwnCertificate): string {
  return createHash('sha256').update(chain).update('\0').update(key).digest('hex')
}
