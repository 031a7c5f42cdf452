import { rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { HarnessError } from '../errors.ts'
import type { PlannedScenario } from '../report/assemble.ts'
import { exitStatusOfRun } from '../report/standing.ts'
import { ensureWritable, RESULTS_FILE, writeReport } from '../report/write.ts'
import { planOf } from '../run/corpus.ts'
import { exposureFrom } from '../run/observe/expose.ts'
import { BY_HAND, type Reach } from '../run/observe/observable.ts'
import { observe as watch } from '../run/observe/observe.ts'
import { selectObservable } from '../run/observe/select.ts'
import { profileNamed, type Settings } from '../run/settings.ts'
import { loadScenarios, type Corpus } from '../scenario/load.ts'
import type { Scenario } from '../scenario/types.ts'
import { readDuration } from '../scenario/units.ts'
import { CORE_CAPABILITIES, OPT_IN_PROFILES, type Capability } from '../scenario/vocabulary.ts'
import { parseOptions } from './arguments.ts'
import { displayFor } from './observe-display.ts'
import { observableList } from './observe-list.ts'
import { projectSettings } from './project.ts'
import { selectScenarios } from './selection.ts'

const HELP = `npx hookproof observe [options]

  For a product that you can set up but not drive, such as the console of a hosted service. It
  makes endpoints that listen all at once, and a folder with what you give to your product: URLs,
  the CA to trust, and a client certificate as PEM, PKCS#12 and JKS. You register the URLs and
  trigger an event; it shows what arrives, and writes a report when the product came to every
  URL, when the time is over, or at Ctrl-C.

  The report is evidence only: it never certifies, since nobody hears what your product says
  of each delivery. It needs no adapter; with one, \`npx hookproof certify\` says more.

  What to observe (default: the first of each topic and its control):
  --all               everything that can be observed
  --grep PATTERN      only scenarios whose "id: title @level @profile @topic" matches
  --profile A,B       only these profiles
  --capability A,B    what your product can be given besides PEM and a private CA:
                      client-certificate.pkcs12, client-certificate.jks, pin.spki,
                      trust.crl
  --list              what would be observed and what could be, and why the rest cannot

  How your product gets here (default: loopback only):
  --host NAME         host of the URLs; certificates name it
  --listen ADDRESS    default 127.0.0.1, where a TCP tunnel can end; TLS must pass through it
  --port N            first port; each endpoint takes the next. Default: any that are free
  --from A,B/24       the addresses your product sends from: others are turned away unseen.
                      Needed unless it listens on loopback; "any" takes everyone for it

  How long:
  --timeout TIME      default 10m
  --quiet TIME        how long an endpoint is left alone before it is done; default 5s

  --product NAME, --product-version VERSION    for the report
  --folder FOLDER     for what you give to your product; default hookproof-observe. Only you can
                      read it; it is removed at the end
  --report FOLDER     default observation-report
  --json              one JSON object a line instead of text, for a script

  Exit status: 1 something was seen that must not happen, 2 bad usage, 3 inconclusive (nothing
  was seen, or not enough), 4 partial: as good as it gets.
`

const VALUED = [
  'grep',
  'profile',
  'capability',
  'host',
  'listen',
  'port',
  'from',
  'timeout',
  'quiet',
  'product',
  'product-version',
  'folder',
  'report',
] as const

/** `hookproof observe`. */
export async function observe(args: readonly string[]): Promise<number> {
  const values = parseOptions('observe', args, { valued: VALUED, flags: ['all', 'list', 'json'] })
  if (values['help'] !== undefined) {
    process.stdout.write(HELP)
    return 0
  }
  const cwd = process.cwd()
  const settings = await projectSettings(process.env, cwd)
  const corpus = loadScenarios(settings.scenarios)
  const exposure = exposureFrom({
    host: values['host'] ?? null,
    listen: values['listen'] ?? null,
    port: values['port'] ?? null,
    from: values['from'] ?? null,
  })
  const reach: Reach = {
    capabilities: capabilitiesFrom(values['capability']),
    host: exposure === null ? 'loopback' : 'public',
  }
  const profiles = values['profile']?.split(',').map(profileNamed) ?? settings.profiles
  const wanted = selectScenarios(corpus.scenarios, profiles, values['grep'])
  const everything = (values['all'] ?? values['grep']) !== undefined
  const amount = everything ? 'all' : 'first-of-topic'
  const selected = selectObservable({ corpus, wanted, reach, amount })
  if (values['list'] !== undefined) {
    const all = selectObservable({ corpus, wanted, reach, amount: 'all' })
    process.stdout.write(observableList(wanted, selected, all, reach))
    return 0
  }
  const folder = resolve(cwd, values['report'] ?? 'observation-report')
  ensureWritable(folder)
  using interrupt = interruptible()
  const display = displayFor(values['json'] === undefined ? 'person' : 'program', process.stdout)
  const report = await watch({
    corpus,
    plan: observedPlan(corpus, settings, selected),
    dispatcher: {
      name: values['product'] ?? 'unnamed product',
      version: values['product-version'] ?? 'unknown',
      capabilities: [...CORE_CAPABILITIES, ...reach.capabilities],
    },
    exposure,
    folder: resolve(cwd, values['folder'] ?? 'hookproof-observe'),
    timeoutMs: durationFrom('timeout', values['timeout'] ?? '10m'),
    quietMs: durationFrom('quiet', values['quiet'] ?? '5s'),
    signal: interrupt.signal,
    onListening: display.listening,
    onProgress: display.progress,
  })
  // A stream of an earlier run of another kind would contradict this report.
  rmSync(join(folder, RESULTS_FILE), { force: true })
  writeReport(report, folder)
  display.report(report, join(folder, 'index.html'))
  return exitStatusOfRun(report.verdict)
}

function capabilitiesFrom(text: string | undefined): readonly Capability[] {
  return (text?.split(',') ?? []).map((word) => {
    const found = BY_HAND.find((one) => one === word.trim())
    if (found !== undefined) return found
    throw new HarnessError('ERR_USAGE', `--capability ${word.trim()} is nothing to give by hand.`, {
      hint: `Give some of ${BY_HAND.join(', ')}.`,
    })
  })
}

function durationFrom(name: string, text: string): number {
  const ms = readDuration(text)
  if (ms !== null && ms > 0) return ms
  throw new HarnessError('ERR_USAGE', `--${name} ${text} is not a time.`, {
    hint: 'Give a number with its unit, such as 30s, 10m or 1h.',
  })
}

/** The plan of the run, with the lines that observe one scenario again. */
function observedPlan(
  corpus: Corpus,
  settings: Settings,
  selected: readonly Scenario[],
): readonly PlannedScenario[] {
  const ids = new Set(selected.map(({ id }) => id))
  // The line of `npx playwright test`, which is replaced.
  const asked = { profiles: settings.profiles, reproduce: '' }
  return planOf(corpus, asked, (id) => ids.has(id)).map((planned) => {
    const byHand = planned.requires.filter((one) => BY_HAND.includes(one))
    const given = byHand.length === 0 ? '' : ` --capability ${byHand.join(',')}`
    const optedIn = OPT_IN_PROFILES.includes(planned.profile)
    const profile = optedIn ? ` --profile ${planned.profile}` : ''
    const reproduce = `npx hookproof observe${given}${profile} --grep '${planned.id}:'`
    return { ...planned, reproduce }
  })
}

/** A signal that the first interrupt gives; the second one ends the process, as ever. */
function interruptible(): Disposable & { readonly signal: AbortSignal } {
  const controller = new AbortController()
  const stop = (): void => {
    controller.abort()
  }
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
  return {
    signal: controller.signal,
    [Symbol.dispose]: () => {
      process.off('SIGINT', stop)
      process.off('SIGTERM', stop)
    },
  }
}
