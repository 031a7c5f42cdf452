import { test as base } from '@playwright/test'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packageRoot } from '../package-root.ts'
import type { Report } from '../report/model.ts'
import { readReport } from '../report/read.ts'
import { KNOWN_FAILING_FILE } from '../scenario/known-failing.ts'
import { loadScenarios } from '../scenario/load.ts'
import { Machine, type Ended } from './machines-for-tests.ts'
import { REFERENCE_DISPATCHER } from './settings.ts'

/** Numbers of the shards that a run is split into. */
export const SHARDS = [1, 2, 3] as const
/** One for each shard, since no topic is split. */
const TOPICS = ['rotation-overlap', 'server-trust', 'server-validity'] as const
/** Fails in the first and the last of these topics. */
export const MINIATURE = 'accepts-expired-certificate'
const FAULTY = `node '${join(packageRoot, 'dist/fixtures/dispatchers/miniatures/main.js')}' ${MINIATURE}`
/** Some topics are enough: whole runs are compared with the reference. */
const FAILING = {
  dispatcher: FAULTY,
  selection: ['--grep', `@(${TOPICS.join('|')})(?![-\\w])`],
}

/** What a shard left. */
export interface ShardRun extends Ended {
  readonly blob: string
  readonly report: Report
}

interface Folder {
  readonly path: string
}

interface Asked {
  readonly dispatcher: string
  /** Arguments for Playwright beside those of sharding. */
  readonly selection: readonly string[]
  /** Text of the list of known failures; null = there is none. */
  readonly known: string | null
}

async function runShards(
  folder: Folder,
  { dispatcher, selection, known }: Asked,
): Promise<readonly ShardRun[]> {
  const runs: ShardRun[] = []
  for (const shard of SHARDS) {
    const machine = new Machine(folder.path, dispatcher)
    if (known !== null) writeFileSync(join(machine.folder, KNOWN_FAILING_FILE), known)
    const ended = await machine.playwright(
      'test',
      `--shard=${shard}/${SHARDS.length}`,
      '--reporter=blob,hookproof/reporter',
      ...selection,
    )
    const [blob = ''] = readdirSync(join(machine.folder, 'blob-report'))
    runs.push({
      ...ended,
      blob: join(machine.folder, 'blob-report', blob),
      report: readReport(join(machine.folder, 'conformance-report/report.json')),
    })
  }
  return runs
}

/** What the miniature fails, in the order of the corpus. */
export const KILLED = loadScenarios([join(packageRoot, 'scenarios')])
  .scenarios.filter(
    ({ id, killedBy, level }) =>
      TOPICS.some((topic) => id.startsWith(`${topic}/`)) &&
      killedBy.includes(MINIATURE) &&
      level === 'MUST',
  )
  .map(({ id }) => id)

/** What the miniature passes though the list of known failures has it. It is in the second shard. */
export const STALE = `${TOPICS[1]}/control`
/** That list: all that is failed, and it. */
const KNOWN = [...KILLED, STALE]
  .map((id) => `- { scenario: ${id}, reason: We know., link: 'https://example.org/1' }\n`)
  .join('')

/** Each set of shards is run once a worker. */
export const test = base.extend<
  { merging: Machine },
  {
    folder: Folder
    shards: readonly ShardRun[]
    faulty: readonly ShardRun[]
    known: readonly ShardRun[]
  }
>({
  folder: [
    async ({}, use) => {
      const path = mkdtempSync(join(tmpdir(), 'hookproof-shards-'))
      await use({ path })
      rmSync(path, { recursive: true, force: true })
    },
    { scope: 'worker' },
  ],
  shards: [
    async ({ folder }, use) => {
      const asked = { dispatcher: REFERENCE_DISPATCHER, selection: [], known: null }
      await use(await runShards(folder, asked))
    },
    { scope: 'worker', timeout: 600_000 },
  ],
  faulty: [
    async ({ folder }, use) => {
      await use(await runShards(folder, { ...FAILING, known: null }))
    },
    { scope: 'worker', timeout: 600_000 },
  ],
  known: [
    async ({ folder }, use) => {
      await use(await runShards(folder, { ...FAILING, known: KNOWN }))
    },
    { scope: 'worker', timeout: 600_000 },
  ],
  /** Where reports are merged: the dispatcher is not there. */
  merging: async ({ folder }, use) => {
    await use(new Machine(folder.path, './not-installed-here'))
  },
})
