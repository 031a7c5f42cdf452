import { expect, test } from '@playwright/test'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { loadScenarios } from './load.ts'
import { messageOf, scenarioOf, topicWith } from './test-support.ts'

const GOOD = topicWith(scenarioOf('expect: { outcome: refused }'))

/** A temporary folder with these files, removed at the end of its block. */
function folderWith(files: Readonly<Record<string, string>>): { path: string } & Disposable {
  const path = mkdtempSync(join(tmpdir(), 'hookproof-test-'))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text)
  return {
    path,
    [Symbol.dispose]: () => {
      rmSync(path, { recursive: true, force: true })
    },
  }
}

test('loads every topic file in order, controls included', () => {
  using folder = folderWith({ 'b.yaml': GOOD, 'a.yaml': GOOD, 'README.md': '# not one' })
  const corpus = loadScenarios([folder.path])
  const ids = ['a/control', 'a/one', 'b/control', 'b/one']
  expect(corpus.scenarios.map(({ id }) => id)).toEqual(ids)
  expect([...corpus.byId.keys()]).toEqual(ids)
  expect(corpus.resolve('b/one').file).toBe(relative('.', join(folder.path, 'b.yaml')))
})

test('the digest is that of names and contents, whatever the line endings', () => {
  using unix = folderWith({ 'a.yaml': GOOD })
  using windows = folderWith({ 'a.yaml': `\uFEFF${GOOD.replaceAll('\n', '\r\n')}` })
  using renamed = folderWith({ 'b.yaml': GOOD })
  using changed = folderWith({ 'a.yaml': GOOD.replace('MUST', 'SHOULD') })
  const digest = ({ path }: { path: string }) => loadScenarios([path]).digest
  expect(digest(unix)).toMatch(/^sha256:[0-9a-f]{64}$/)
  expect(digest(windows)).toBe(digest(unix))
  expect(digest(renamed)).not.toBe(digest(unix))
  expect(digest(changed)).not.toBe(digest(unix))
})

test('an alias leads to the scenario that once had the id', () => {
  const text = topicWith(scenarioOf('aliases: [old/name]\nexpect: { outcome: refused }'))
  using folder = folderWith({ 'a.yaml': text })
  expect(loadScenarios([folder.path]).resolve('old/name').id).toBe('a/one')
})

test('an id that nobody has is an error with the nearest one in it', () => {
  using folder = folderWith({ 'things.yaml': GOOD })
  const corpus = loadScenarios([folder.path])
  expect(messageOf(() => corpus.resolve('things/won'))).toBe(
    'ERR_SCENARIO_NOT_FOUND: no scenario is called "things/won" (did you mean "things/one"?)',
  )
})

test('an id or an alias that is taken is refused', () => {
  const alias = (id: string) =>
    topicWith(scenarioOf(`aliases: [${id}]\nexpect: { outcome: refused }`))
  using one = folderWith({ 'a.yaml': alias('b/one'), 'b.yaml': GOOD })
  using two = folderWith({ 'c.yaml': alias('old/one') })
  const [a, b] = ['a.yaml', 'b.yaml'].map((name) => relative('.', join(one.path, name)))
  const again = relative('.', join(two.path, 'c.yaml'))
  expect(messageOf(() => loadScenarios([one.path]))).toBe(
    `ERR_SCENARIO_INVALID: ${a}:8: the alias "b/one" is taken by ${b}:8`,
  )
  using fine = folderWith({ 'c.yaml': alias('old/one') })
  expect(messageOf(() => loadScenarios([fine.path, two.path]))).toContain(
    `${again}:8: the id "c/one" is taken by ${relative('.', join(fine.path, 'c.yaml'))}:8`,
  )
})

test('all problems of all files are told at once', () => {
  const bad = GOOD.replace('MUST', 'MAY')
  using folder = folderWith({ 'a.yaml': bad, 'b.yaml': GOOD, 'c.yaml': bad })
  const name = (file: string) => relative('.', join(folder.path, file))
  expect(messageOf(() => loadScenarios([folder.path]))).toBe(
    `ERR_SCENARIO_INVALID: 2 problems in scenario files
  ${name('a.yaml')}:10: scenarios.one.level: "MAY" is not allowed; allowed: MUST, SHOULD
  ${name('c.yaml')}:10: scenarios.one.level: "MAY" is not allowed; allowed: MUST, SHOULD`,
  )
})

test('a folder without topic files, or that is not there, is an error', () => {
  using folder = folderWith({})
  const missing = join(folder.path, 'missing')
  expect(messageOf(() => loadScenarios([folder.path]))).toBe(
    `ERR_SCENARIO_NOT_FOUND: no *.yaml file in ${folder.path}`,
  )
  expect(messageOf(() => loadScenarios([missing]))).toBe(
    `ERR_SCENARIO_NOT_FOUND: cannot read the scenario folder ${missing}`,
  )
})

test('processes of one run share what the first of them has parsed', () => {
  using folder = folderWith({ 'a.yaml': GOOD })
  using cache = folderWith({})
  const parsed = loadScenarios([folder.path], cache.path)
  expect(readdirSync(cache.path)).toHaveLength(1)
  const shared = loadScenarios([folder.path], cache.path)
  expect(shared.scenarios).toEqual(parsed.scenarios)
  expect(shared.digest).toBe(parsed.digest)

  writeFileSync(join(folder.path, 'a.yaml'), GOOD.replace('level: MUST', 'level: SHOULD'))
  expect(loadScenarios([folder.path], cache.path).resolve('a/one').level).toBe('SHOULD')
  expect(readdirSync(cache.path)).toHaveLength(2)
})

test('a cache that cannot be used is done without', () => {
  using folder = folderWith({ 'a.yaml': GOOD })
  using cache = folderWith({})
  expect(loadScenarios([folder.path], join(cache.path, 'missing')).scenarios).toHaveLength(2)
  loadScenarios([folder.path], cache.path)
  const [name = ''] = readdirSync(cache.path)
  writeFileSync(join(cache.path, name), '[{"cut off')
  expect(loadScenarios([folder.path], cache.path).scenarios).toHaveLength(2)
})
