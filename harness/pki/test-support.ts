/** Descriptions and tools for the tests of this folder. */
import { execFile, spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CertificateDescription, Instant } from '../scenario/certificate.ts'
import { Pki } from './issue.ts'
import { KeyPool } from './key-pool.ts'

const HOUR = 3_600_000

/** An instant relative to now. */
export function hours(count: number): Instant {
  return { kind: 'relative', ms: count * HOUR }
}

const plain: CertificateDescription = {
  issuer: 'root',
  subject: [],
  subjectOf: null,
  key: 'ec-p256',
  keyOf: null,
  notBefore: hours(-1),
  notAfter: hours(24),
  signature: 'sha256',
  signedBy: null,
  subjectAlternativeNames: 'none',
  extendedKeyUsage: 'none',
  keyUsage: 'none',
  basicConstraints: 'none',
  nameConstraints: 'none',
  authorityKeyIdentifier: 'matching',
  subjectKeyIdentifier: 'matching',
  serial: 'random',
  version: 3,
  extensions: [],
  tamper: 'none',
  enrollment: 'none',
}

/** A certification authority under `issuer`. */
export function authority(
  name: string,
  issuer: string,
  patch: Partial<CertificateDescription> = {},
): CertificateDescription {
  return {
    ...plain,
    issuer,
    subject: [
      ['O', 'Test'],
      ['CN', name],
    ],
    basicConstraints: { authority: 'ca' },
    keyUsage: ['key-cert-sign', 'crl-sign'],
    ...patch,
  }
}

/** An end entity for localhost, of either side, under `issuer`. */
export function endEntity(
  issuer: string,
  patch: Partial<CertificateDescription> = {},
): CertificateDescription {
  return {
    ...plain,
    issuer,
    subject: [['CN', 'localhost']],
    basicConstraints: { authority: 'end-entity' },
    keyUsage: ['digital-signature'],
    extendedKeyUsage: ['server-auth', 'client-auth'],
    subjectAlternativeNames: [{ dns: 'localhost' }, { ip: '127.0.0.1' }],
    ...patch,
  }
}

/** Root, intermediate and one end entity, `patch`ed. */
export function path(
  patch: Partial<CertificateDescription> = {},
  every: Partial<CertificateDescription> = {},
): Record<'root' | 'intermediate' | 'endpoint', CertificateDescription> {
  return {
    root: authority('Root', 'root', every),
    intermediate: authority('Intermediate', 'root', every),
    endpoint: endEntity('intermediate', { ...every, ...patch }),
  }
}

/** A Pki of its own with keys of its own. */
export function newPki(now = new Date()): Pki {
  return new Pki({ now, keys: new KeyPool() })
}

/** A folder that disappears with the block. */
export async function temporaryFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'hookproof-pki-'))
  return {
    path: folder,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}

/** Writes files by name and gives their paths back under the same names. */
export async function writeFiles<Name extends string>(
  folder: string,
  files: Readonly<Record<Name, string | Uint8Array>>,
): Promise<Record<Name, string>> {
  const paths = {} as Record<Name, string>
  for (const name of Object.keys(files) as Name[]) {
    paths[name] = join(folder, name)
    await writeFile(paths[name], files[name])
  }
  return paths
}

/** What a program said, and its exit status. */
export interface Ran {
  readonly status: number
  readonly output: string
}

/** Runs a program to its end; standard output and error come together. */
export function run(program: string, ...argv: readonly string[]): Promise<Ran> {
  return new Promise((resolve, reject) => {
    execFile(program, argv, { encoding: 'utf8', timeout: 25_000 }, (error, stdout, stderr) => {
      if (error === null) resolve({ status: 0, output: stdout + stderr })
      else if (typeof error.code === 'number')
        resolve({ status: error.code, output: stdout + stderr })
      else reject(new Error(`${program} did not run to its end`, { cause: error }))
    })
  })
}

/** Whether a program is there, and says that it is what we mean: macOS has another `openssl`. */
export function reader(program: string, argument: string, says: string): 'there' | 'absent' {
  const { error, stdout, stderr } = spawnSync(program, [argument], { encoding: 'utf8' })
  if (error !== undefined) return 'absent'
  return (stdout + stderr).includes(says) ? 'there' : 'absent'
}

/** An independent reader of what we write; tests that need it are skipped where it is absent. */
export const openssl = reader('openssl', 'version', 'OpenSSL 3')
