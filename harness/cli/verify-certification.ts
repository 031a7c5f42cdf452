import { existsSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import type { CertificationSubject, UnmetRule } from '../report/certification.ts'
import type { Report } from '../report/model.ts'
import { visible } from '../report/text.ts'
import { suiteVersion } from '../run/facts.ts'
import { settingsFrom } from '../run/settings.ts'
import { loadScenarios } from '../scenario/load.ts'
import { count } from '../verdict/words.ts'

/** What a report's publication is judged by besides the report: this installation, and where it lies. */
export function surroundings(
  file: string,
): Pick<CertificationSubject, 'installed' | 'readme' | 'folderVersion'> {
  const own = settingsFrom({}, {}, process.cwd()).scenarios
  return {
    installed: { version: suiteVersion(), corpus: loadScenarios(own).digest },
    readme: readmeBeside(file),
    folderVersion: folderVersionOf(file),
  }
}

function readmeBeside(file: string): string | null {
  const path = join(dirname(file), 'README.md')
  return existsSync(path) && statSync(path).isFile() ? readFileSync(path, 'utf8') : null
}

/** `reports/<version>/<name>/report.json` says a version; any other place says none. */
function folderVersionOf(file: string): string | null {
  const version = dirname(dirname(resolve(file)))
  return basename(dirname(version)) === 'reports' ? basename(version) : null
}

/**
 * What the rules for publishing say of a report, for a terminal.
 *
 * @param unmet null = nobody asked
 */
export function certificationText(
  report: Report,
  unmet: readonly UnmetRule[] | null,
  file: string,
): string {
  if (unmet === null) return ''
  if (unmet.length > 0) {
    return [
      '',
      `not fit to be published: ${unmet.length === 1 ? '1 rule is' : `${count(unmet.length, 'rule')} are`} not met`,
      ...unmet.flatMap(({ rule, says, hint }) => ['', `${rule}: ${says}.`, `  hint: ${hint}`]),
      '',
    ].join('\n')
  }
  const readme =
    readmeBeside(file) === null
      ? ['  Still to write: a README.md beside it with a section "## Reproduce".']
      : []
  return [
    '',
    `fit to be published, as ${report.verdict}: every rule of reports/README.md is met`,
    `  Its place is reports/${visible(report.suite.version)}/<vendor-dispatcher>/report.json.`,
    ...readme,
    '',
  ].join('\n')
}
