import { expect } from '@playwright/test'
import { appendFileSync, existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Report } from '../report/model.ts'
import { readReport } from '../report/read.ts'
import { readStream } from '../report/read-stream.ts'
import { Machine } from './machines-for-tests.ts'
import { REFERENCE_DISPATCHER } from './settings.ts'
import { KILLED, MINIATURE, SHARDS, STALE, test, type ShardRun } from './shards-for-tests.ts'

const blobs = (runs: readonly ShardRun[]): readonly string[] => runs.map(({ blob }) => blob)
const reportIn = ({ folder }: Machine): string => join(folder, 'conformance-report/report.json')

/** What two runs of the same thing agree on: all but times, ports, and what is made for one run. */
function repeatable({ run, results, ...report }: Report): unknown {
  return {
    ...report,
    seal: '',
    run: { ...run, id: '', startedAt: '', finishedAt: '' },
    results: results.map(({ observations, durationMs, ...result }) => ({
      ...result,
      durationMs: durationMs >= 0 ? 'some' : 'none',
      // Connections overlap: the order of what was seen is the machine's.
      seen: [...new Set(observations.map(({ kind }) => kind))].toSorted(),
    })),
  }
}

// One after the other, in one worker: they share the blob reports of whole runs.
test.describe.configure({ mode: 'default', timeout: 600_000 })

test('three shards, merged, give the report of an unsharded run', async ({
  folder,
  shards,
  merging,
}) => {
  const whole = new Machine(folder.path, REFERENCE_DISPATCHER)
  const run = await whole.playwright('test')
  expect(run.status, run.output).toBe(0)

  const all = merging.download(blobs(shards))
  const merge = await merging.playwright('merge-reports', '--reporter', 'hookproof/reporter', all)
  expect(merge.status, merge.output).toBe(0)
  // The embedded engine leaves out what only containers can serve.
  expect(merge.output).toContain('◐ partial')

  const merged = readReport(reportIn(merging))
  expect(merged.plan.map(({ scenario }) => scenario)).toContain('acme/answered-451')
  expect(repeatable(merged)).toEqual(repeatable(readReport(reportIn(whole))))
  expect(readdirSync(join(merging.folder, 'conformance-report'))).toEqual(
    readdirSync(join(whole.folder, 'conformance-report')),
  )
  const stream = readStream(join(merging.folder, 'conformance-report/results.jsonl'))
  expect(stream.results).toHaveLength(merged.summary.planned)
  const began = SHARDS.map((_, index) => shards[index]?.report.run.startedAt ?? '').toSorted()
  expect(Math.abs(Date.parse(merged.run.startedAt) - Date.parse(began[0] ?? ''))).toBeLessThan(
    30_000,
  )

  const verify = await merging.hookproof('verify', '--scenarios', 'my-scenarios', reportIn(merging))
  expect(verify.status, verify.output).toBe(0)
  expect((await merging.hookproof('status', reportIn(merging))).status).toBe(4)
  const leftovers = readdirSync(merging.folder).filter((name) => name.startsWith('hookproof-run-'))
  expect(leftovers).toEqual([])
})

test('a shard by itself is partial, and says what it is a part of', ({ shards }) => {
  const planned = shards.map(({ report }) => report.summary.planned)
  expect(planned.reduce((sum, some) => sum + some, 0)).toBe(
    shards[0]?.report.plan.filter(({ selection }) => selection !== 'opt-in').length,
  )
  for (const [index, { status, output, report }] of shards.entries()) {
    expect(status, output).toBe(0)
    expect(report).toMatchObject({ verdict: 'partial', run: { filtered: true } })
    expect(output).toContain(`This is shard ${index + 1} of 3`)
  }
})

test('no topic is split', ({ shards }) => {
  const topics = shards.map(
    ({ report }) => new Set(report.results.map(({ scenario }) => scenario.replace(/\/[^/]*$/, ''))),
  )
  const all = topics.flatMap((some) => [...some])
  expect(all.length).toBeGreaterThan(SHARDS.length)
  expect(new Set(all).size).toBe(all.length)
})

test('a missing shard leaves the report partial, with a configuration as well', async ({
  shards,
  merging,
}) => {
  const two = merging.download(blobs(shards).toSpliced(1, 1))
  const config = ['--config', 'playwright.config.mjs']
  const merge = await merging.playwright('merge-reports', ...config, two)
  expect(merge.output).toContain('1 shard of 3 left no result: 2.')
  const report = readReport(reportIn(merging))
  expect(report).toMatchObject({ verdict: 'partial', run: { filtered: true } })
  expect(report.plan).toHaveLength(shards[0]?.report.plan.length ?? 0)
  const status = await merging.hookproof('status', reportIn(merging))
  expect(status).toMatchObject({ status: 4, output: 'partial\n' })
})

test('a dispatcher that fails anywhere fails the merge', async ({ faulty, merging }) => {
  const all = merging.download(blobs(faulty))
  const merge = await merging.playwright('merge-reports', '--reporter', 'hookproof/reporter', all)
  expect(merge.status, merge.output).toBe(1)
  const report = readReport(reportIn(merging))
  const failed = report.results.filter(({ verdict }) => verdict === 'failed')
  expect(KILLED.length).toBeGreaterThan(0)
  expect(failed.map(({ scenario }) => scenario)).toEqual(KILLED)
  expect(report.verdict).toBe('nonconformant')
  expect(failed[0]?.reproduce).toContain(MINIATURE)
  expect((await merging.hookproof('status', reportIn(merging))).status).toBe(1)
})

test('what is known to fail does not fail the merge, and an entry whose scenario passed does', async ({
  known,
  merging,
}) => {
  const merge = async (some: readonly ShardRun[]) => {
    const all = merging.download(blobs(some))
    return merging.playwright('merge-reports', '--reporter', 'hookproof/reporter', all)
  }
  const whole = await merge(known)
  expect(whole.status, whole.output).toBe(1)
  expect(whole.output).toContain(`${STALE} is listed as known to fail, but it passed`)

  const isStale = ({ report }: ShardRun): boolean =>
    report.results.some(({ scenario, verdict }) => scenario === STALE && verdict === 'passed')
  const rest = await merge(known.filter((shard) => !isStale(shard)))
  expect(rest.status, rest.output).toBe(0)
  const { verdict, results } = readReport(reportIn(merging))
  expect(verdict).toBe('nonconformant')
  const failed = results.filter((result) => result.verdict === 'failed')
  expect(failed.length).toBeGreaterThan(0)
  for (const one of failed) expect(one.known).toMatchObject({ reason: 'We know.' })
})

test.describe('what is not one run is refused, without a report', () => {
  for (const [what, chosen, sentence] of [
    [
      'the same shard twice',
      (shards: readonly string[]) => [...shards, shards[0] ?? ''],
      /ERR_SHARDS_OVERLAP: There are two results of .*: one from shard 1 of 3, one from shard 1 of 3\./,
    ],
    [
      'shards of two dispatchers',
      (shards: readonly string[], faulty: readonly string[]) => [
        shards[0] ?? '',
        ...faulty.slice(1),
      ],
      /ERR_SHARDS_DIFFER: The shards have different dispatchers: "hookproof reference dispatcher" in shard 1 of 3, ".*accepts-expired-certificate.*" in shard [23] of 3\./,
    ],
  ] as const) {
    test(what, async ({ shards, faulty, merging }) => {
      const all = merging.download(chosen(blobs(shards), blobs(faulty)))
      const merge = await merging.playwright(
        'merge-reports',
        '--reporter',
        'hookproof/reporter',
        all,
      )
      expect(merge.status, merge.output).toBe(1)
      expect(merge.output).toMatch(sentence)
      expect(existsSync(reportIn(merging))).toBe(false)
    })
  }

  test('other scenarios where they are merged', async ({ shards, merging }) => {
    appendFileSync(join(merging.folder, 'my-scenarios/acme.yaml'), '# another commit\n')
    const all = merging.download(blobs(shards))
    const merge = await merging.playwright('merge-reports', '--reporter', 'hookproof/reporter', all)
    expect(merge.status, merge.output).toBe(1)
    const corpus = shards[0]?.report.suite.corpus ?? ''
    expect(merge.output).toContain(`ERR_SHARDS_DIFFER: The shards have the scenarios "${corpus}"`)
    expect(existsSync(reportIn(merging))).toBe(false)
  })

  test('reports without a result of a scenario', async ({ folder, merging }) => {
    const machine = new Machine(folder.path, REFERENCE_DISPATCHER)
    const list = await machine.playwright('test', '--list', '--reporter=blob', '--shard=1/3')
    expect(list.status, list.output).toBe(0)
    const all = merging.download([join(machine.folder, 'blob-report/report-1.zip')])
    const merge = await merging.playwright('merge-reports', '--reporter', 'hookproof/reporter', all)
    expect(merge.status, merge.output).toBe(1)
    expect(merge.output).toContain('ERR_NOTHING_SELECTED')
  })
})
