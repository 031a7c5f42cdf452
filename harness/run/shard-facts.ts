import { HarnessError } from '../errors.ts'
import { count } from '../verdict/words.ts'
import type { Shard, WorkerFacts } from './result-message.ts'

/**
 * What must be the same in all shards of one run: the report has one word for each. Versions of the
 * engine's parts may differ between machines, and are all listed.
 */
const COMPARED: Readonly<Record<string, (facts: WorkerFacts) => string>> = {
  'versions of hookproof': ({ suite }) => suite.version,
  'scenarios (digest)': ({ suite }) => suite.corpus,
  dispatchers: ({ dispatcher }) => dispatcher.name,
  'versions of the dispatcher': ({ dispatcher }) => dispatcher.version,
  'capabilities of the dispatcher': ({ dispatcher }) =>
    dispatcher.capabilities.toSorted().join(', '),
  'carriers of the adapter': ({ dispatcher }) => dispatcher.carrier,
  engines: ({ engine }) => engine,
  profiles: ({ profiles }) => profiles.toSorted().join(', '),
  'numbers of shards': ({ shard }) => (shard === null ? 'not sharded' : String(shard.total)),
}

/** Most characters of a value in an error: a dispatcher may give itself any name. */
const LONGEST = 300

const clipped = (value: string): string =>
  JSON.stringify(value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value)

/** How an error calls the origin of a result. */
export function shardName(shard: Shard | null): string {
  return shard === null ? 'a run that is not sharded' : `shard ${shard.current} of ${shard.total}`
}

/**
 * The facts of the run that all these workers were part of.
 *
 * @throws HarnessError `ERR_SHARDS_DIFFER` with both values, when they are parts of different runs
 */
export function mergedFacts(first: WorkerFacts, others: readonly WorkerFacts[]): WorkerFacts {
  for (const other of others) {
    for (const [what, of] of Object.entries(COMPARED)) {
      if (of(first) !== of(other)) throw differ(what, [first, of(first)], [other, of(other)])
    }
  }
  return { ...first, versions: allVersions([first, ...others]) }
}

function differ(
  what: string,
  [one, its]: readonly [WorkerFacts, string],
  [other, others]: readonly [WorkerFacts, string],
): HarnessError {
  return new HarnessError(
    'ERR_SHARDS_DIFFER',
    `The shards have different ${what}: ${clipped(its)} in ${shardName(one.shard)}, ${clipped(others)} in ${shardName(other.shard)}.`,
    { hint: 'Merge the shards of one run only, each with the same dispatcher and configuration.' },
  )
}

/** Machines that differ in a version are both in the evidence, so both versions are. */
function allVersions(all: readonly WorkerFacts[]): Readonly<Record<string, string>> {
  const names = [...new Set(all.flatMap(({ versions }) => Object.keys(versions)))]
  return Object.fromEntries(
    names.map((name) => {
      const values = all.flatMap(({ versions }) => versions[name] ?? [])
      return [name, [...new Set(values)].join(', ')]
    }),
  )
}

/**
 * Refuses results of another installation than this one, whose scenarios make the plan.
 *
 * @param what - How an error calls what is compared.
 * @throws HarnessError `ERR_SHARDS_DIFFER` with both values
 */
export function refuseAnother(what: string, theirs: string, ours: string): void {
  if (theirs === ours) return
  throw new HarnessError(
    'ERR_SHARDS_DIFFER',
    `The shards have ${what} ${clipped(theirs)}, but where they are merged it is ${clipped(ours)}.`,
    { hint: 'Merge in a checkout of the same commit, with the same packages installed.' },
  )
}

/** Which shards sent no result, as a sentence; null when every shard did. */
export function missingShards(shards: readonly (Shard | null)[]): string | null {
  const [first] = shards
  if (first === undefined || first === null) return null
  const { total } = first
  const seen = new Set(shards.map((shard) => shard?.current))
  const missing = Array.from({ length: total }, (_, index) => index + 1).filter(
    (current) => !seen.has(current),
  )
  if (missing.length === 0) return null
  return `${count(missing.length, 'shard')} of ${total} left no result: ${missing.join(', ')}. If they had anything to run, it is missing from this report.`
}
