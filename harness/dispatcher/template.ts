import type { TemplatePart } from './description.ts'

/** What a placeholder of an exec command can be. */
export const PLACEHOLDERS = [
  'url',
  'ca',
  'cert',
  'key',
  'body',
  'content_type',
  'timeout_s',
  'crls',
] as const

/** One of {@link PLACEHOLDERS}. */
export type Placeholder = (typeof PLACEHOLDERS)[number]

/** What stands for each placeholder; null = it has no value in this delivery. */
export type Values = Readonly<Record<Placeholder, string | null>>

// `%{http_code}` and `${HOME}` are the program's own business.
const PATTERN = /(?<![%$])\{([a-z_]+)\}/g

/**
 * `content_type` and `timeout_s` may be missing: many programs have a media type and a limit of their own.
 * `crls` is for those that declare to look certificates up.
 */
const REQUIRED: readonly Placeholder[] = ['url', 'ca', 'cert', 'key', 'body']

/** What is wrong with a template, in words that follow its name; null = nothing. */
export function templateProblem(
  template: readonly TemplatePart[],
): { readonly sentence: string; readonly hint: string } | null {
  if (typeof template[0] !== 'string' || placeholdersIn(template[0]).length > 0) {
    return {
      sentence: 'must begin with the name of a program',
      hint: 'Put the program first, as a text without placeholders.',
    }
  }
  const used = placeholdersOf(template)
  const known: readonly string[] = PLACEHOLDERS
  const unknown = [...used].find((name) => !known.includes(name))
  if (unknown !== undefined) {
    return {
      sentence: `has an unknown placeholder {${unknown}}; allowed: ${spell(PLACEHOLDERS)}`,
      hint: 'Write % or $ before a brace that belongs to the program itself.',
    }
  }
  const missing = REQUIRED.filter((name) => !used.has(name))
  if (missing.length > 0) {
    return {
      sentence: `never uses ${spell(missing)}`,
      hint: 'A dispatcher cannot be certified that is not told where to deliver what, with which roots and certificate.',
    }
  }
  return null
}

/** Every placeholder that a template uses, known or not. */
export function placeholdersOf(template: readonly TemplatePart[]): ReadonlySet<string> {
  return new Set(template.flatMap(allPlaceholders))
}

/**
 * The arguments of one delivery, or the placeholder that has no value and stands in no group.
 */
export function fillTemplate(
  template: readonly TemplatePart[],
  values: Values,
): { readonly command: readonly string[] } | { readonly missing: Placeholder } {
  const command: string[] = []
  for (const part of template) {
    if (typeof part === 'string') {
      const missing = missingIn([part], values)
      if (missing !== null) return { missing }
      command.push(fill(part, values))
    } else if (missingIn(part, values) === null) {
      const filled = fillTemplate(part, values)
      if ('missing' in filled) return filled
      command.push(...filled.command)
    }
  }
  return { command }
}

/** The first placeholder directly in a group that has no value. */
function missingIn(group: readonly TemplatePart[], values: Values): Placeholder | null {
  const names = group.flatMap((part) => (typeof part === 'string' ? placeholdersIn(part) : []))
  return PLACEHOLDERS.find((name) => names.includes(name) && values[name] === null) ?? null
}

function fill(part: string, values: Values): string {
  return part.replace(PATTERN, (_whole, name: Placeholder) => values[name] ?? '')
}

function allPlaceholders(part: TemplatePart): readonly string[] {
  return typeof part === 'string' ? placeholdersIn(part) : part.flatMap(allPlaceholders)
}

function placeholdersIn(part: string): readonly string[] {
  return [...part.matchAll(PATTERN)].map(([, name = '']) => name)
}

function spell(names: readonly string[]): string {
  return names.map((name) => `{${name}}`).join(' ')
}
