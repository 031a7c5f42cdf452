import { expect, test } from '@playwright/test'
import { writeFileSync } from 'node:fs'
import { messageAmong, RESULT_ATTACHMENT, type WorkerFacts } from './result-message.ts'
import { mergedFacts, missingShards } from './shard-facts.ts'

const facts: WorkerFacts = {
  suite: { version: '1.0.0', corpus: 'sha256:aa' },
  dispatcher: { name: 'acme', version: '2', capabilities: ['retry', 'reset'], carrier: 'stdio' },
  engine: 'embedded',
  versions: { node: '20.1.0' },
  profiles: ['core', 'pinning'],
  ownScenarios: ['my-scenarios'],
  reproduce: '',
  shard: { current: 1, total: 2 },
}
const second = { ...facts, shard: { current: 2, total: 2 } }

test.describe('shards of one run', () => {
  test('agree, in whatever order they list things', () => {
    const { dispatcher } = facts
    const capabilities = dispatcher.capabilities.toReversed()
    const other = { ...second, dispatcher: { ...dispatcher, capabilities } }
    expect(mergedFacts(facts, [other])).toEqual(facts)
  })

  test('may have different machines, and then both versions are told', () => {
    const other = { ...second, versions: { node: '22.0.0', nginx: '1.22' } }
    expect(mergedFacts(facts, [other, second]).versions).toEqual({
      node: '20.1.0, 22.0.0',
      nginx: '1.22',
    })
  })

  const { suite, dispatcher } = facts
  const differing: readonly (readonly [string, Partial<WorkerFacts>, string])[] = [
    ['versions of hookproof', { suite: { ...suite, version: '1.1.0' } }, '"1.0.0".*"1.1.0"'],
    ['scenarios', { suite: { ...suite, corpus: 'sha256:bb' } }, '"sha256:aa".*"sha256:bb"'],
    ['dispatchers', { dispatcher: { ...dispatcher, name: 'emca' } }, '"acme".*"emca"'],
    ['versions of the disp', { dispatcher: { ...dispatcher, version: '3' } }, '"2".*"3"'],
    [
      'capabilities',
      { dispatcher: { ...dispatcher, capabilities: ['retry'] } },
      '"reset, retry".*"retry"',
    ],
    ['carriers', { dispatcher: { ...dispatcher, carrier: 'http' } }, '"stdio".*"http"'],
    ['engines', { engine: 'containers' }, '"embedded".*"containers"'],
    ['profiles', { profiles: ['core'] }, '"core, pinning".*"core"'],
    ['numbers of shards', { shard: { current: 2, total: 3 } }, '"2" in shard 1 of 2, "3"'],
  ]
  for (const [what, change, values] of differing) {
    test(`have the same ${what}`, () => {
      const merge = () => mergedFacts(facts, [second, { ...second, ...change }])
      expect(merge).toThrow(new RegExp(`^The shards have different ${what}.*: ${values}`))
    })
  }

  test('are all there, or it is said which are not', () => {
    const shard = (current: number) => ({ current, total: 4 })
    expect(missingShards([1, 2, 3, 4].map(shard))).toBeNull()
    expect(missingShards([null])).toBeNull()
    expect(missingShards([shard(1), shard(3), shard(1)])).toContain(
      '2 shards of 4 left no result: 2, 4.',
    )
  })
})

test.describe('the message of a worker', () => {
  const message = { ...facts, result: { scenario: 'a/b' }, entry: null }
  const body = Buffer.from(JSON.stringify(message))
  const named = { name: RESULT_ATTACHMENT }

  test('is read from the attachment itself, or from its file', ({}, info) => {
    expect(messageAmong([{ name: 'trace' }, { ...named, body }])).toEqual(message)
    const path = info.outputPath('message.json')
    writeFileSync(path, body)
    expect(messageAmong([{ ...named, path }])).toEqual(message)
    expect(messageAmong([{ name: 'trace', body }])).toBeNull()
  })

  for (const [what, wrong, sentence] of [
    ['no JSON', '{', 'it is not JSON'],
    ['another version', JSON.stringify({ result: message.result }), 'suite is no object'],
    ['an unknown engine', JSON.stringify({ ...message, engine: 'x' }), 'engine is none of'],
    [
      'an entry of known failures without a line',
      JSON.stringify({ ...message, entry: { scenario: 'a/b', reason: 'r', link: 'l', file: 'f' } }),
      'entry/line is no number from 1',
    ],
    ['no scenario', JSON.stringify({ ...message, result: {} }), 'result/scenario is no string'],
    [
      'a shard of too many',
      JSON.stringify({ ...message, shard: { current: 1, total: 1e9 } }),
      'shard/total is no number',
    ],
  ] as const) {
    test(`is refused: ${what}`, () => {
      const refused = () => messageAmong([{ ...named, body: Buffer.from(wrong) }])
      expect(refused).toThrow(`A scenario's result cannot be read: ${sentence}`)
    })
  }

  test('is refused where its file is missing', () => {
    expect(() => messageAmong([{ ...named, path: '/nowhere/message' }])).toThrow('cannot be read')
    expect(() => messageAmong([named])).toThrow('neither a body nor a file')
  })
})
