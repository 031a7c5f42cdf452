/**
 * Private keys shared by processes through files.
 *
 * Who makes a key holds a claim: `<key>.claim-1`, made exclusively. A claim of a dead process is not
 * removed (two waiters could each remove the other's fresh one) but succeeded by `.claim-2`, again
 * made exclusively, so one waiter takes over. The key itself is linked into place, so that a reader
 * sees a whole file or none, and the first one stays.
 */
import { createHash, createPrivateKey, randomUUID, type KeyObject } from 'node:crypto'
import { link, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { KeyAlgorithm } from '../scenario/certificate.ts'
import { pkiError } from './pki-error.ts'

const POLL_MS = 20
/** A claim older than this counts as dead: its process id may have been given to another. */
const CLAIM_LIFETIME_MS = 60_000
/** How long to wait for others altogether: one dead claim and a slow successor. */
const WAIT_LIMIT_MS = 150_000
const MOST_CLAIMS = 100

/** Which private key, and what it must be when it is read. */
export interface KeyFile {
  readonly algorithm: KeyAlgorithm
  readonly label: string
  readonly modulusLength: number
}

/** The private keys in one folder. */
export class KeyFiles {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  /**
   * The key's file, or a freshly made key when this process is the one to make it.
   *
   * @throws HarnessError `ERR_PKI` when the folder or file cannot be used, or another process holds
   *   the claim for too long.
   */
  async obtain(wanted: KeyFile, generate: () => Promise<KeyObject>): Promise<KeyObject> {
    const path = join(this.#folder, fileName(wanted))
    try {
      return await this.#obtain(path, wanted, generate)
    } catch (cause) {
      if (!(cause instanceof Error && 'syscall' in cause)) throw cause
      throw pkiError(
        `The folder of shared keys, ${this.#folder}, cannot be used: ${cause.message}.`,
        'Choose a folder on a local disk that this user can write to.',
        cause,
      )
    }
  }

  async #obtain(
    path: string,
    wanted: KeyFile,
    generate: () => Promise<KeyObject>,
  ): Promise<KeyObject> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 })
    const limit = Date.now() + WAIT_LIMIT_MS
    while (Date.now() < limit) {
      const known = await readKey(path, wanted)
      if (known !== null) return known
      const claim = await claimKey(path)
      if (claim !== null) return await makeUnderClaim(path, claim, wanted, generate)
      await pause(POLL_MS)
    }
    throw pkiError(
      `Another process has not finished making the key ${path} within ${WAIT_LIMIT_MS / 1000} s.`,
      `Remove the files that begin with ${path}.claim and start again.`,
    )
  }
}

/** Labels that are not plain get a digest, so that no label leads out of the folder. */
function fileName({ algorithm, label }: KeyFile): string {
  const plain = /^[a-z0-9][a-z0-9._-]{0,99}$/.test(label)
  const safe = plain ? label : `~${createHash('sha256').update(label).digest('hex')}`
  return `${algorithm}-${safe}.pem`
}

async function makeUnderClaim(
  path: string,
  claim: string,
  wanted: KeyFile,
  generate: () => Promise<KeyObject>,
): Promise<KeyObject> {
  try {
    // The key may have appeared, and its claims have gone, between our look and our claim.
    const known = await readKey(path, wanted)
    if (known !== null) return known
    const made = await generate()
    const outcome = await publish(path, made.export({ type: 'pkcs8', format: 'pem' }).toString())
    if (outcome === 'placed') return made
    const winner = await readKey(path, wanted)
    if (winner !== null) return winner
    throw pkiError(`The key file ${path} vanished.`, 'Leave the folder alone during a run.')
  } finally {
    await rm(claim, { force: true })
  }
}

/** Path of a claim that is now ours, or null while a living process holds one. */
async function claimKey(path: string): Promise<string | null> {
  for (let number = 1; number <= MOST_CLAIMS; number++) {
    const claim = `${path}.claim-${number}`
    const holder = await holderOf(claim)
    if (holder === 'alive') return null
    if (holder === 'none') {
      return (await publish(claim, String(process.pid))) === 'placed' ? claim : null
    }
  }
  throw pkiError(
    `${MOST_CLAIMS} processes have died while they made the key ${path}.`,
    `Remove the files that begin with ${path}.claim and find out why.`,
  )
}

async function holderOf(claim: string): Promise<'none' | 'alive' | 'dead'> {
  try {
    const [text, { mtimeMs }] = await Promise.all([readFile(claim, 'utf8'), stat(claim)])
    if (Date.now() - mtimeMs > CLAIM_LIFETIME_MS) return 'dead'
    return isRunning(Number(text)) ? 'alive' : 'dead'
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return 'none'
    throw error
  }
}

function isRunning(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: it runs, as another user.
    return isErrno(error, 'EPERM')
  }
}

/** Puts a file in place whole and only if there is none: link(2) does both. */
async function publish(path: string, content: string): Promise<'placed' | 'taken'> {
  const temporary = `${path}.${process.pid}-${randomUUID()}.tmp`
  try {
    await writeFile(temporary, content, { mode: 0o600, flag: 'wx' })
    await link(temporary, path)
    return 'placed'
  } catch (error) {
    if (isErrno(error, 'EEXIST')) return 'taken'
    throw error
  } finally {
    await rm(temporary, { force: true })
  }
}

async function readKey(path: string, wanted: KeyFile): Promise<KeyObject | null> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return null
    throw error
  }
  try {
    const key = createPrivateKey(text)
    const { modulusLength } = key.asymmetricKeyDetails ?? {}
    if (key.asymmetricKeyType === 'rsa' && modulusLength === wanted.modulusLength) return key
  } catch {
    // Nothing of a private key's file belongs into a message; what follows says enough.
  }
  throw pkiError(
    `${path} is not an RSA private key of ${wanted.modulusLength} bits in PEM.`,
    'Remove the file; it is made again when it is needed.',
  )
}

function isErrno(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
