import { HarnessError } from '../errors.ts'
import { parseOptions } from './arguments.ts'
import { LANGUAGES, planScaffold, writePlanned, type Language } from './scaffold.ts'

const HELP = `npx hookproof init [--language ${Object.keys(LANGUAGES).join('|')}] [--force]

  Writes into this folder what a conformance run needs: playwright.config.ts, conformance.spec.ts,
  an adapter that works and is yours to change, a .gitignore, and a workflow for GitHub Actions.

  --language NAME   of the adapter; default js
  --force           write over files that are there; without it they are kept

  Exit status: 0, or 2 for bad usage.
`

/** `hookproof init`. */
export function init(args: readonly string[]): Promise<number> {
  const values = parseOptions('init', args, { valued: ['language'], flags: ['force'] })
  if (values['help'] !== undefined) {
    process.stdout.write(HELP)
    return Promise.resolve(0)
  }
  const language = languageNamed(values['language'] ?? 'js')
  const folder = process.cwd()
  const existing = values['force'] === undefined ? 'keep' : 'replace'
  const lines: string[] = []
  let kept = 0
  for (const file of planScaffold(folder, language)) {
    const done = writePlanned(folder, file, existing)
    if (done === 'kept') kept++
    const note = file.over === 'merge' ? '  ("type": "module")' : ''
    lines.push(`${done.padEnd(9)} ${file.path}${note}`)
  }
  if (kept > 0) lines.push('', 'What is kept was there before; --force writes over it.')
  process.stdout.write(`${[...lines, '', ...next(language)].join('\n')}\n`)
  return Promise.resolve(0)
}

function next(language: Language): readonly string[] {
  const { build, needs, adapter } = LANGUAGES[language]
  const first = build === null ? '' : `${build} && `
  return [
    `The adapter needs ${needs}. Next:`,
    '',
    `  ${first}npx hookproof doctor`,
    '  npx playwright test',
    '  npx hookproof verify conformance-report/report.json',
    '',
    `Then let ${adapter} drive your own dispatcher: search it for TODO.`,
  ]
}

function languageNamed(word: string): Language {
  const names = Object.keys(LANGUAGES) as Language[]
  const found = names.find((one) => one === word)
  if (found !== undefined) return found
  throw new HarnessError('ERR_USAGE', `There is no adapter in "${word}".`, {
    hint: `Use one of ${names.join(', ')}; an adapter can be in any language, see docs/adapter-protocol.md.`,
  })
}
