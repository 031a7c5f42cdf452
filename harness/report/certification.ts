import { count } from '../verdict/words.ts'
import type { Difference } from './difference.ts'
import type { Report } from './model.ts'
import { clip, sentenceList, visible } from './text.ts'
import { versionFault } from './version-fault.ts'

/** The rules for publishing, in the order of `reports/README.md`. */
export type CertificationRule =
  | 'sound'
  | 'suite-version'
  | 'public-scenarios'
  | 'dispatcher'
  | 'dispatcher-version'
  | 'carrier'
  | 'engine'
  | 'whole'
  | 'uninterrupted'
  | 'conclusive'
  | 'folder'
  | 'reproduce'

/** A rule that a report does not meet. */
export interface UnmetRule {
  readonly rule: CertificationRule
  /** One sentence with the values in it. */
  readonly says: string
  /** What the vendor can do about it. */
  readonly hint: string
}

/** A report, with everything that its publication is judged by. */
export interface CertificationSubject {
  readonly report: Report
  /** What `verifyReport` and `verifyStream` found. */
  readonly differences: readonly Difference[]
  readonly installed: {
    /** Version of the suite that judges. */
    readonly version: string
    /** Digest of the suite's own scenarios, without anybody's own. */
    readonly corpus: string
  }
  /** Text of the README.md beside the report; null = there is none yet, which is no rule broken. */
  readonly readme: string | null
  /** Version that the folder is named after, where the report lies in `reports/<version>/<name>/`. */
  readonly folderVersion: string | null
}

/** The carriers that drive a dispatcher. Whatever only watches one gives evidence, and never certifies. */
const CERTIFYING_CARRIERS: readonly string[] = ['stdio', 'http', 'exec']

/** What the containers engine says of itself in every report. */
const CONTAINER_VERSIONS = ['nginx', 'haproxy'] as const

/** Most ids that a sentence names. */
const NAMED = 3

const quoted = (text: string): string => `"${clip(visible(text), 60)}"`

type Check = (subject: CertificationSubject) => Omit<UnmetRule, 'rule'> | null

const CHECKS: Readonly<Record<CertificationRule, Check>> = {
  sound: ({ differences }) => {
    // Other scenarios are a rule of their own, which says more.
    const [first, ...rest] = differences.filter(({ field }) => field !== 'suite/corpus')
    if (first === undefined) return null
    const where = first.scenario === null ? first.field : `${first.scenario} ${first.field}`
    return {
      says: `the report is not what its evidence says: ${count(rest.length + 1, 'difference')}, the first in ${clip(visible(where), 100)}`,
      hint: 'Publish report.json as the run wrote it, with nothing changed.',
    }
  },
  'suite-version': ({ report, installed }) => {
    const { version } = report.suite
    const ran = report.run.versions['hookproof']
    if (version === installed.version && ran === version) return null
    return {
      says:
        version === installed.version
          ? `the report is of suite ${quoted(version)}, but was run by ${ran === undefined ? 'an unnamed one' : quoted(ran)}`
          : `the report is of suite ${quoted(version)}; this is ${installed.version}, which cannot judge it`,
      hint: 'Install the version of the report and check it with that, or run again with this one.',
    }
  },
  'public-scenarios': ({ report, installed }) => {
    if (report.suite.corpus === installed.corpus) return null
    return {
      says: `the scenarios (${report.suite.corpus}) are not those that come with hookproof ${installed.version} (${installed.corpus})`,
      hint: 'Run without `scenarios` of your own, which nobody else can check, and with an unchanged package.',
    }
  },
  dispatcher: ({ report }) => {
    const { name } = report.dispatcher
    if (!['', 'unknown'].includes(name.trim().toLowerCase())) return null
    return {
      says: `the dispatcher's name, ${quoted(name)}, names no product`,
      hint: 'Let the adapter answer hello with `dispatcher.name`.',
    }
  },
  'dispatcher-version': ({ report }) => {
    const { version } = report.dispatcher
    const fault = versionFault(version)
    if (fault === null) return null
    return {
      says: `the dispatcher's version, ${quoted(version)}, ${fault}`,
      hint: 'Let the adapter answer hello with a release or a commit that stays what it is.',
    }
  },
  carrier: ({ report }) => {
    const { carrier } = report.dispatcher
    if (CERTIFYING_CARRIERS.includes(carrier)) return null
    return {
      says: `the dispatcher was not driven (${quoted(carrier)}): that is evidence, and certifies nothing`,
      hint: `Write an adapter for one of ${sentenceList(CERTIFYING_CARRIERS, 'or')}.`,
    }
  },
  engine: ({ report }) => {
    const { engine, versions } = report.run
    const missing = CONTAINER_VERSIONS.filter((name) => versions[name] === undefined)
    if (engine === 'containers' && missing.length === 0) return null
    return {
      says:
        engine === 'containers'
          ? `the report does not say which ${sentenceList(missing)} it was run against`
          : `the run took the ${engine} engine; containers is what certifies`,
      hint: 'Run again with HOOKPROOF_ENGINE=containers.',
    }
  },
  whole: ({ report }) => {
    const left = report.plan.filter(({ selection }) => selection === 'filtered-out')
    if (left.length === 0 && !report.run.filtered) return null
    const ids = left.slice(0, NAMED).map(({ scenario }) => visible(scenario))
    const more = left.length > NAMED ? ' …' : ''
    return {
      says: `a filter left out ${count(left.length, 'scenario')}: ${ids.join(', ')}${more}`,
      hint: 'Run again without --grep, --profile, `profiles` or a single shard.',
    }
  },
  uninterrupted: ({ report }) =>
    report.run.interrupted
      ? { says: 'the run was interrupted', hint: 'Run again, to its end.' }
      : null,
  conclusive: ({ report }) =>
    report.verdict === 'inconclusive'
      ? {
          says: `the run was inconclusive: ${report.summary.inconclusive} of ${count(report.summary.planned, 'scenario')} gave no verdict, and none failed`,
          hint: 'Mend what broke, as the report says it, and run again. Failures may be published, faults may not.',
        }
      : null,
  folder: ({ report, folderVersion }) => {
    if (folderVersion === null || folderVersion === report.suite.version) return null
    return {
      says: `the folder is for suite ${quoted(folderVersion)}, the report is of ${quoted(report.suite.version)}`,
      hint: `Move it to reports/${visible(report.suite.version)}/.`,
    }
  },
  reproduce: ({ readme, folderVersion }) => {
    // Before it is in its folder, a report need not have a README.md beside it.
    if (readme === null && folderVersion === null) return null
    if (readme !== null && reproduceSection(readme) !== '') return null
    return {
      says: 'the README.md beside the report has no section "## Reproduce" with something in it',
      hint: 'Say what to install and which commands lead to the same report.',
    }
  },
}

/** What stands under `## Reproduce`, up to the next heading of that rank; nothing where it is missing. */
function reproduceSection(readme: string): string {
  const [, after] = readme.split(/^##[ \t]+Reproduce[ \t#]*$/im)
  return (after?.split(/^#{1,2}[ \t]/m)[0] ?? '').trim()
}

/**
 * The rules of publishing that a report does not meet; none = it may be published as it is, whatever its
 * verdict: partial and nonconformant reports are shown as such. Nobody's word is checked: who ran it,
 * and that the dispatcher is the one it says it is, is the publisher's to say. Pure.
 */
export function unmetRules(subject: CertificationSubject): readonly UnmetRule[] {
  return (Object.entries(CHECKS) as [CertificationRule, Check][]).flatMap(([rule, check]) => {
    const unmet = check(subject)
    return unmet === null ? [] : [{ rule, ...unmet }]
  })
}
