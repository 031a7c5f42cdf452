import { parse } from 'yaml'
import { HarnessError } from '../errors.ts'
import type { Scenario } from './types.ts'

/** What each section says, in our own words, by the reference that scenarios give. */
export type Clauses = ReadonlyMap<string, string>

/** The page that says where what is demanded comes from, or why it cannot be written. */
export interface ReferenceTable {
  readonly markdown: string
  /** References without a clause, one sentence each. */
  readonly problems: readonly string[]
}

const HEAD = [
  '# Where each demand comes from',
  '',
  'Every section that a scenario cites, what it says in our own words, and the scenarios that cite it. Made by',
  '`npm run references` from `scenarios/` and [clauses.yaml](clauses.yaml); do not edit it.',
  '',
].join('\n')

/**
 * Reads `docs/clauses.yaml`: a reference and a sentence a line.
 *
 * @throws HarnessError `ERR_CONFIG_INVALID` where something else is in it
 */
export function clausesFrom(text: string): Clauses {
  const content: unknown = parse(text)
  const entries = typeof content === 'object' && content !== null ? Object.entries(content) : []
  const wrong = entries.find(([, sentence]) => typeof sentence !== 'string' || sentence === '')
  if (entries.length === 0 || wrong !== undefined) {
    const what = wrong === undefined ? 'holds no clause' : `says nothing about "${wrong[0]}"`
    throw new HarnessError('ERR_CONFIG_INVALID', `clauses.yaml ${what}`, {
      hint: 'Each line is a reference as scenarios give it, and one sentence.',
    })
  }
  return new Map(entries.map(([reference, sentence]) => [reference, String(sentence)]))
}

/** Lists what scenarios cite, standard by standard and section by section. */
export function referenceTable(
  scenarios: readonly Pick<Scenario, 'id' | 'references'>[],
  clauses: Clauses,
): ReferenceTable {
  const citedBy = new Map<string, readonly string[]>()
  for (const { id, references } of scenarios) {
    for (const reference of references) {
      citedBy.set(reference, [...(citedBy.get(reference) ?? []), id])
    }
  }
  const cited = [...citedBy].toSorted(([one], [other]) => inOrder(one, other))
  const lines: string[] = []
  let standard = ''
  for (const [reference, ids] of cited) {
    const { of, section } = partsOf(reference)
    if (of !== standard) lines.push('', `## ${of}`, '')
    standard = of
    const scenariosCiting = ids.map((id) => `\`${id}\``).join(', ')
    lines.push(`- **${section}** ${clauses.get(reference) ?? ''} ${scenariosCiting}`)
  }
  const problems = cited
    .filter(([reference]) => !clauses.has(reference))
    .map(([reference, [id]]) => `${id ?? ''} cites ${reference}, which is not in clauses.yaml`)
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
