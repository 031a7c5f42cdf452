import { execFileSync, spawn } from 'node:child_process'
import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, test } from '@playwright/test'
import ts from 'typescript'
import { packageRoot } from '../package-root.ts'
import { KEY_ALGORITHMS } from '../scenario/certificate.ts'
import { KeyFiles } from './key-files.ts'
import { KeyPool, warmUp } from './key-pool.ts'
import { temporaryFolder } from './test-support.ts'

const wanted = { algorithm: 'rsa-1024', label: 'root', modulusLength: 1024 } as const

function makeRsa(): KeyObject {
  return generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey
}

/** A process id that nobody has any more. */
function deadPid(): string {
  return execFileSync(process.execPath, ['-p', 'process.pid'], { encoding: 'utf8' }).trim()
}

test('gives one pair for an algorithm and a label, and another for any other', async () => {
  const pool = new KeyPool()
  for (const algorithm of KEY_ALGORITHMS.filter((name) => !/3072|4096/.test(name))) {
    const [first, again, other] = await Promise.all([
      pool.pair(algorithm, 'a'),
      pool.pair(algorithm, 'a'),
      pool.pair(algorithm, 'b'),
    ])
    expect(again).toBe(first)
    expect(other.publicKey.equals(first.publicKey)).toBe(false)
  }
  const { privateKey } = await pool.pair('ec-p384', 'a')
  expect(privateKey.asymmetricKeyDetails?.namedCurve).toBe('secp384r1')
  const rsa = await pool.pair('rsa-2048', 'a')
  expect(rsa.privateKey.asymmetricKeyDetails?.modulusLength).toBe(2048)
})

test('shares RSA pairs that were made beforehand, and no others', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'new', 'keys')
  const rsa = { algorithm: 'rsa-1024', label: 'root' } as const
  await warmUp([rsa, rsa, { algorithm: 'ec-p256', label: 'root' }], path)
  expect(await readdir(path)).toEqual(['rsa-1024-root.pem'])
  const file = join(path, 'rsa-1024-root.pem')
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  expect((await stat(path)).mode & 0o777).toBe(0o700)
  const before = await stat(file)
  const [one, two] = await Promise.all(
    [new KeyPool({ folder: path }), new KeyPool({ folder: path })].map((pool) =>
      pool.pair('rsa-1024', 'root'),
    ),
  )
  expect(one?.privateKey.equals(two?.privateKey ?? makeRsa())).toBe(true)
  expect((await stat(file)).mtimeMs).toBe(before.mtimeMs)
})

test('keeps labels inside the folder', async () => {
  await using folder = await temporaryFolder()
  const pool = new KeyPool({ folder: folder.path })
  await Promise.all(
    ['../evil', '..', 'a/b', 'Ünïcode', ''].map((label) => pool.pair('rsa-1024', label)),
  )
  const names = await readdir(folder.path)
  expect(names).toHaveLength(5)
  for (const name of names) expect(name).toMatch(/^rsa-1024-~[0-9a-f]{64}\.pem$/)
})

test('makes a key once however many want it at the same time', async () => {
  await using folder = await temporaryFolder()
  let made = 0
  const generate = async (): Promise<KeyObject> => {
    made++
    // Gives the others the whole time of several polls to do the same.
    await new Promise((resolve) => setTimeout(resolve, 80))
    return makeRsa()
  }
  const keys = await Promise.all(
    Array.from({ length: 12 }, () => new KeyFiles(folder.path).obtain(wanted, generate)),
  )
  expect(made).toBe(1)
  for (const key of keys) expect(keys[0]?.equals(key)).toBe(true)
  expect(await readdir(folder.path)).toEqual(['rsa-1024-root.pem'])
})

test('takes over from the dead, once', async () => {
  await using folder = await temporaryFolder()
  const claim = join(folder.path, 'rsa-1024-root.pem.claim-')
  await writeFile(`${claim}1`, deadPid())
  // Our own id and so alive, but so old that it must be somebody else's.
  await writeFile(`${claim}2`, String(process.pid))
  await utimes(`${claim}2`, 1, 1)
  await writeFile(`${claim}3`, 'not a process')
  let made = 0
  const keys = await Promise.all(
    Array.from({ length: 8 }, () =>
      new KeyFiles(folder.path).obtain(wanted, async () => {
        made++
        await new Promise((resolve) => setTimeout(resolve, 50))
        return makeRsa()
      }),
    ),
  )
  expect(made).toBe(1)
  for (const key of keys) expect(keys[0]?.equals(key)).toBe(true)
})

test('hands the claim on when making fails', async () => {
  await using folder = await temporaryFolder()
  const files = new KeyFiles(folder.path)
  await expect(files.obtain(wanted, () => Promise.reject(new Error('no luck')))).rejects.toThrow(
    'no luck',
  )
  expect(await readdir(folder.path)).toEqual([])
  const key = await files.obtain(wanted, () => Promise.resolve(makeRsa()))
  expect(key.asymmetricKeyType).toBe('rsa')
})

test('says what is wrong with a file, a folder or a key, without the key', async () => {
  await using folder = await temporaryFolder()
  const file = join(folder.path, 'rsa-1024-root.pem')
  const pool = new KeyPool({ folder: folder.path })
  await writeFile(file, 'secret nonsense')
  await expect(pool.pair('rsa-1024', 'root')).rejects.toMatchObject({
    code: 'ERR_PKI',
    message: `${file} is not an RSA private key of 1024 bits in PEM.`,
  })
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  await writeFile(file, privateKey.export({ type: 'pkcs8', format: 'pem' }))
  await expect(pool.pair('rsa-1024', 'root')).rejects.toThrow('is not an RSA private key')
  await writeFile(file, makeRsa().export({ type: 'pkcs8', format: 'pem' }))
  // A failure is not remembered.
  await expect(pool.pair('rsa-1024', 'root')).resolves.toHaveProperty('publicKey')
  const below = new KeyPool({ folder: join(file, 'below') })
  await expect(below.pair('rsa-1024', 'root')).rejects.toMatchObject({ code: 'ERR_PKI' })
})

/** Compiles the few files that a process without Playwright needs, and returns where the first is. */
async function compile(folder: string, sources: readonly string[]): Promise<string> {
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
  for (const source of sources) {
    const { outputText } = ts.transpileModule(await readFile(join(packageRoot, source), 'utf8'), {
      compilerOptions: {
        module: ts.ModuleKind.ESNext,
        target: ts.ScriptTarget.ES2022,
        rewriteRelativeImportExtensions: true,
        verbatimModuleSyntax: true,
      },
    })
    const target = join(folder, source.replace(/\.ts$/, '.js'))
    await mkdir(dirname(target), { recursive: true })
    await writeFile(target, outputText)
  }
  return join(folder, sources[0]?.replace(/\.ts$/, '.js') ?? '')
}

test('makes a key once for several processes, also when the first is killed at it', async () => {
  await using code = await temporaryFolder()
  await using keys = await temporaryFolder()
  const sources = ['harness/pki/key-files.ts', 'harness/pki/pki-error.ts', 'harness/errors.ts']
  const compiled = await compile(code.path, sources)
  const script = join(code.path, 'want.js')
  const log = join(code.path, 'made')
  await writeFile(log, '')
  await writeFile(
    script,
    `import { KeyFiles } from ${JSON.stringify(compiled)}
     import { generateKeyPairSync } from 'node:crypto'
     import { appendFileSync } from 'node:fs'
     const [folder, log, way] = process.argv.slice(2)
     const key = await new KeyFiles(folder).obtain(${JSON.stringify(wanted)}, async () => {
       if (way === 'hang') {
         console.log('making')
         await new Promise((resolve) => setTimeout(resolve, 60_000))
       }
       appendFileSync(log, 'x')
       return generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey
     })
     console.log(key.export({ type: 'pkcs8', format: 'der' }).toString('base64'))`,
  )
  const start = (way: 'hang' | 'work'): ReturnType<typeof spawn> =>
    spawn(process.execPath, [script, keys.path, log, way], { stdio: ['ignore', 'pipe', 'inherit'] })

  const first = start('hang')
  const said = first.stdout?.setEncoding('utf8')
  if (said === undefined) throw new Error('no standard output')
  expect(await once(said, 'data')).toEqual(['making\n'])

  const others = Array.from({ length: 3 }, () => start('work'))
  const outputs = others.map(async (child) => {
    let output = ''
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (output += text))
    const [status] = (await once(child, 'close')) as [number | null]
    expect(status).toBe(0)
    return output
  })
  first.kill('SIGKILL')
  const printed = await Promise.all(outputs)
  expect(new Set(printed).size).toBe(1)
  expect(printed[0]?.length).toBeGreaterThan(500)
  expect(await readFile(log, 'utf8')).toBe('x')
})
