import type { Scenario } from './types.ts'

/** What each section says, in our own words, by the reference that scenarios give. */
export type Clauses = Readonly<Record<string, string>>

/** The page that says where what is demanded comes from, or why it cannot be written. */
export interface ReferenceTable {
  readonly markdown: string
  /** References without a clause, and clauses without a reference, one sentence each. */
  readonly problems: readonly string[]
}

const HEAD = [
  '# Where each demand comes from',
  '',
  'Every section that a scenario cites, what it says in our own words, and the scenarios that cite it. Made by',
  '`npm run docs:references` from `scenarios/` and [clauses.yaml](clauses.yaml); do not edit it.',
  '',
  'RFC 8446 is cited by its own section numbers. RFC 9846, which obsoletes it, has others from section 4 on.',
  '',
].join('\n')

/** Lists what scenarios cite, standard by standard and section by section. */
export function referenceTable(
  scenarios: readonly Pick<Scenario, 'id' | 'references'>[],
  clauses: Clauses,
): ReferenceTable {
  const citedBy = new Map<string, string[]>()
  for (const { id, references } of scenarios) {
    for (const reference of references) {
      const ids = citedBy.get(reference) ?? []
      citedBy.set(reference, [...ids, id])
    }
  }
  const cited = [...citedBy.keys()].toSorted(inOrder)
  const problems = [
    ...cited
      .filter((one) => !Object.hasOwn(clauses, one))
      .map((one) => `${citedBy.get(one)?.[0] ?? ''} cites ${one}, which is not in clauses.yaml`),
    ...Object.keys(clauses)
      .filter((one) => !citedBy.has(one))
      .map((one) => `no scenario cites ${one}`),
  ]
  const lines: string[] = []
  let standard = ''
  for (const reference of cited) {
    const { of, section } = partsOf(reference)
    if (of !== standard) lines.push('', `## ${of}`, '')
    standard = of
    const ids = (citedBy.get(reference) ?? []).map((id) => `\`${id}\``).join(', ')
    lines.push(`- **${section}** ${clauses[reference] ?? ''} ${ids}`)
  }
  return { markdown: `${HEAD}${lines.join('\n')}\n`, problems }
}

function partsOf(reference: string): { readonly of: string; readonly section: string } {
  const [, rfc, section] = /^(RFC \d+) (.+)$/.exec(reference) ?? []
  if (rfc !== undefined && section !== undefined) return { of: rfc, section }
  const [of = reference, heading] = reference.split(': ')
  return heading === undefined ? { of: 'Others', section: of } : { of, section: heading }
}

/** RFC 5246 before RFC 9110, 4.2.1.9 before 4.2.1.10, and what is no RFC at the end. */
function inOrder(one: string, other: string): number {
  const last = (reference: string) => (reference.startsWith('RFC ') ? 0 : 1)
  return (
    last(one) - last(other) ||
    one.localeCompare(other, 'en', { numeric: true, sensitivity: 'base' })
  )
}
