import type { Report, ReportedResult } from './model.ts'

/** How a scenario ended, as far as a comparison goes. */
export interface Ending {
  readonly verdict: ReportedResult['verdict']
  readonly grade: ReportedResult['grade']
  readonly reason: ReportedResult['reason']
}

/**
 * What became of a scenario between two reports. `failing`: it fails and did not. `lost`: it passed and
 * is now skipped or inconclusive. `looser`: it still passes, but cannot say why any more. `moved`:
 * anything else that is neither better nor worse, such as another reason. `mended`: it passes and did
 * not. `stricter`: it still passes, and can now say why.
 */
export type Kind =
  'failing' | 'lost' | 'looser' | 'moved' | 'added' | 'removed' | 'stricter' | 'mended'

/** The kinds in the order in which a reader wants them: the worst first. */
export const KINDS: readonly Kind[] = [
  'failing',
  'lost',
  'looser',
  'moved',
  'removed',
  'added',
  'stricter',
  'mended',
]

/** One scenario that did not end as before; null = it is not in that report. */
export interface Change {
  readonly kind: Kind
  readonly scenario: string
  readonly title: string
  readonly old: Ending | null
  readonly new: Ending | null
}

/** What two reports say differently. */
export interface ReportDiff {
  /** In the order of {@link KINDS}, then of the plan. */
  readonly changes: readonly Change[]
  /** Everything about the runs that may explain a change: suite, dispatcher, engine, verdict. */
  readonly circumstances: readonly {
    readonly what: string
    readonly old: string
    readonly new: string
  }[]
  /** `worse` where something fails that did not, or passed and no longer does. */
  readonly direction: 'unchanged' | 'worse' | 'changed'
}

const endingOf = ({ verdict, grade, reason }: ReportedResult): Ending => ({
  verdict,
  grade,
  reason,
})

function kindOf(old: Ending | null, now: Ending | null): Kind | null {
  if (now === null) return 'removed'
  if (old === null) return now.verdict === 'failed' ? 'failing' : 'added'
  if (old.verdict !== now.verdict) {
    if (now.verdict === 'failed') return 'failing'
    if (old.verdict === 'passed') return 'lost'
    return now.verdict === 'passed' ? 'mended' : 'moved'
  }
  if (old.grade !== now.grade) return now.grade === 'loose' ? 'looser' : 'stricter'
  return old.reason === now.reason ? null : 'moved'
}

function changesOf(old: Report, now: Report): readonly Change[] {
  const before = new Map(old.results.map((result) => [result.scenario, result]))
  const after = new Map(now.results.map((result) => [result.scenario, result]))
  const ids = new Set([...after.keys(), ...before.keys()])
  return [...ids].flatMap((scenario) => {
    const [one, other] = [before.get(scenario), after.get(scenario)]
    const was = one === undefined ? null : endingOf(one)
    const is = other === undefined ? null : endingOf(other)
    const kind = kindOf(was, is)
    const title = (other ?? one)?.title ?? ''
    return kind === null ? [] : [{ kind, scenario, title, old: was, new: is }]
  })
}

function circumstancesOf(report: Report): Readonly<Record<string, string>> {
  const { dispatcher, run, suite } = report
  return {
    verdict: report.verdict,
    dispatcher: `${dispatcher.name} ${dispatcher.version}`,
    capabilities: [...dispatcher.capabilities].sort().join(' '),
    suite: `hookproof ${suite.version}`,
    corpus: suite.corpus,
    engine: run.engine,
    carrier: dispatcher.carrier,
    filtered: run.filtered ? 'some scenarios were left out' : 'nothing was left out',
  }
}

/** Compares two reports by scenario. Pure. */
export function diffReports(old: Report, now: Report): ReportDiff {
  const found = changesOf(old, now)
  const changes = KINDS.flatMap((kind) => found.filter((change) => change.kind === kind))
  const [before, after] = [circumstancesOf(old), circumstancesOf(now)]
  const worse = changes.some(({ kind }) => kind === 'failing' || kind === 'lost')
  return {
    changes,
    circumstances: Object.entries(after).flatMap(([what, is]) =>
      before[what] === is ? [] : [{ what, old: before[what] ?? '', new: is }],
    ),
    direction: changes.length === 0 ? 'unchanged' : worse ? 'worse' : 'changed',
  }
}
