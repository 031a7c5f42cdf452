import { expect, test } from '@playwright/test'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { packageRoot } from './package-root.ts'

/** Which folder of harness/ may import which (ARCHITECTURE, "Layout"). One line a folder. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  scenario: [],
  pki: ['scenario'],
  observation: ['scenario'],
  wire: ['scenario', 'observation', 'endpoint'],
  endpoint: ['scenario', 'pki', 'observation'],
  'token-server': ['scenario', 'pki', 'observation', 'endpoint'],
  engine: ['scenario', 'pki', 'observation', 'wire', 'endpoint', 'token-server'],
  dispatcher: ['scenario'],
  verdict: ['scenario', 'observation'],
  report: ['scenario', 'observation', 'verdict'],
  run: [
    'scenario',
    'pki',
    'observation',
    'wire',
    'endpoint',
    'token-server',
    'engine',
    'dispatcher',
    'verdict',
    'report',
  ],
  cli: ['scenario', 'pki', 'engine', 'dispatcher', 'verdict', 'report', 'run'],
}

const harness = join(packageRoot, 'harness')

interface Import {
  readonly file: string
  readonly from: string
  readonly to: string
}

/** The folder of harness/ that a path is in; `''` for harness/ itself; null outside. */
function folderOf(path: string): string | null {
  const inside = relative(harness, path)
  if (inside.startsWith('..')) return null
  const parts = inside.split(sep)
  return parts.length > 1 ? (parts[0] ?? null) : ''
}

function importsOf(file: string): Import[] {
  const source = readFileSync(file, 'utf8')
  const specifiers = source.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)
  return [...specifiers].flatMap(([, specifier]) => {
    const from = folderOf(file)
    const to = folderOf(resolve(dirname(file), specifier ?? ''))
    if (to === null) return [{ file, from: from ?? '', to: 'outside harness' }]
    return from === null ? [] : [{ file, from, to }]
  })
}

const sources = readdirSync(harness, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
  .map((path) => join(harness, path))

test('imports inside harness/ flow one way', () => {
  const imports = sources.flatMap(importsOf)
  expect(imports.length).toBeGreaterThan(50)
  const forbidden = imports.filter(({ from, to }) => {
    if (from === to || to === '') return false
    return !(MAY_IMPORT[from] ?? []).includes(to)
  })
  expect(forbidden.map(({ file, to }) => `${relative(harness, file)} imports ${to}`)).toEqual([])
})

test('errors.ts and package-root.ts import nothing of the harness', () => {
  for (const name of ['errors.ts', 'package-root.ts']) {
    expect(importsOf(join(harness, name))).toEqual([])
  }
})

test('no code names a scenario', () => {
  const ids = readdirSync(join(packageRoot, 'scenarios'))
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => name.replace(/\.yaml$/, '/'))
  const offenders = sources.flatMap((file) => {
    const code = readFileSync(file, 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')
    return ids.filter((id) => code.includes(`'${id}`)).map((id) => `${file} names ${id}`)
  })
  expect(offenders).toEqual([])
})

test('dispatchers under fixtures/ stand alone', () => {
  const fixtures = join(packageRoot, 'fixtures')
  const offenders = readdirSync(fixtures, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
    .filter((path) => readFileSync(join(fixtures, path), 'utf8').includes('/harness/'))
  expect(offenders).toEqual([])
})
