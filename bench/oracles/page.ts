import type { Fate } from '../../harness/run/kill-row.ts'
import type { Scenario } from '../../harness/scenario/types.ts'
import type { StockClient } from './clients.ts'

/** How each stock client fared in one scenario. */
export interface OracleRow {
  readonly scenario: Pick<Scenario, 'id' | 'title' | 'level' | 'profile'>
  /** In the order of the clients. */
  readonly fates: readonly Fate[]
}

/** The page, and why it cannot stand as it is. */
export interface OraclePage {
  readonly markdown: string
  readonly problems: readonly string[]
}

const SIGNS: Readonly<Record<Fate, string>> = {
  survived: '✓',
  killed: '✗',
  skipped: '–',
  inconclusive: '?',
}

const HEAD = [
  '# What stock clients do',
  '',
  'Every scenario that the handshake with one server decides, held against clients that nobody here wrote. Made by',
  '`npm run oracles` on the embedded engine; do not edit it. Only what the endpoint saw counts: a stock client need not',
  'say why. A MUST that all of them break is probably our mistake: it belongs into the profile `strict`, or is none.',
  '',
].join('\n')

/** Writes the page: clients, table, and what is to be thought about. */
export function oraclePage(
  clients: readonly Pick<StockClient, 'name' | 'about'>[],
  rows: readonly OracleRow[],
): OraclePage {
  const musts = rows.filter(({ scenario }) => scenario.level === 'MUST')
  const byAll = musts.filter(({ fates }) => fates.every((fate) => fate === 'killed'))
  const bySome = musts.filter((row) => !byAll.includes(row) && row.fates.includes('killed'))
  const names = clients.map(({ name }) => name)
  const markdown = [
    HEAD,
    ...clients.map(({ name, about }) => `- **${name}** ${about}`),
    '',
    `✓ does what the scenario asks · ✗ does not. ${rows.length} scenarios, of which ${musts.length} are a MUST.`,
    '',
    `| scenario | level | ${names.join(' | ')} |`,
    `|---|---|${names.map(() => ':-:|').join('')}`,
    ...rows.map(
      ({ scenario, fates }) =>
        `| \`${scenario.id}\` | ${levelOf(scenario)} | ${fates.map((fate) => SIGNS[fate]).join(' | ')} |`,
    ),
    '',
    '## A MUST that no stock client meets',
    '',
    ...listed(byAll, ({ scenario }) => `${scenario.title}.`),
    '',
    '## A MUST that some stock clients break',
    '',
    ...listed(bySome, ({ scenario, fates }) => {
      const breaking = names.filter((_, index) => fates[index] === 'killed')
      return `${scenario.title}. Broken by ${breaking.join(', ')}.`
    }),
    '',
  ].join('\n')
  return { markdown, problems: problemsOf(names, rows, byAll) }
}

function levelOf({ level, profile }: OracleRow['scenario']): string {
  return profile === 'strict' ? `${level}, strict` : level
}

function listed(
  rows: readonly OracleRow[],
  sentence: (row: OracleRow) => string,
): readonly string[] {
  if (rows.length === 0) return ['None.']
  return rows.map((row) => `- \`${row.scenario.id}\`: ${sentence(row)}`)
}

function problemsOf(
  names: readonly string[],
  rows: readonly OracleRow[],
  byAll: readonly OracleRow[],
): readonly string[] {
  // The profile strict is for rules that stock clients break.
  const unheard = byAll
    .filter(({ scenario }) => scenario.profile !== 'strict')
    .map(({ scenario }) => `${scenario.id} is a MUST that no stock client meets: look again`)
  const undecided = names.flatMap((name, index) => {
    const open = rows.filter(({ fates }) => !['killed', 'survived'].includes(fates[index] ?? ''))
    const ids = open.map(({ scenario }) => scenario.id).join(', ')
    return open.length === 0 ? [] : [`nothing can be said about ${name} in ${ids}`]
  })
  return [...unheard, ...undecided]
}

/** What a page says of each scenario that does not depend on clients: id and level. */
export function coveredBy(markdown: string): readonly string[] {
  return [...markdown.matchAll(/^\| `([^`]+)` \| ([^|]+) \|/gm)].map(
    ([, id = '', level = '']) => `${id}: ${level}`,
  )
}

/** The same of scenarios, for comparison. */
export function toCover(scenarios: readonly OracleRow['scenario'][]): readonly string[] {
  return scenarios.map((scenario) => `${scenario.id}: ${levelOf(scenario)}`)
}
