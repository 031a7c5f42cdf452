/** Words of a command line, or where it goes wrong. Positions count characters from 1. */
export type SplitWords =
  | { readonly words: readonly string[] }
  | { readonly problem: string; readonly position: number; readonly hint: string }

const OPERATORS = new Set(['|', '&', ';', '<', '>', '(', ')', '`'])
const QUOTE_HINT = 'Close the quote, or put a backslash before a quote that is meant as it stands.'
const NO_SHELL_HINT =
  'No shell is run: quote the character if it is part of a word, or put the pipeline in a script and name that.'

/**
 * Splits a command line as a POSIX shell splits words: single quotes, double quotes and backslashes,
 * and nothing else. Variables, globs and tildes stay as they are written; unquoted operators are
 * refused, since without a shell they would silently become arguments.
 */
export function splitWords(line: string): SplitWords {
  const words: string[] = []
  // null = between words; '' is a word too, as in `program ''`.
  let word: string | null = null
  let at = 0
  while (at < line.length) {
    const character = line.charAt(at)
    if (character === "'" || character === '"') {
      const quoted = readQuoted(line, at)
      if (quoted === null) {
        const kind = character === "'" ? 'single' : 'double'
        return {
          problem: `the ${kind} quote at character ${at + 1} is never closed`,
          position: at + 1,
          hint: QUOTE_HINT,
        }
      }
      word = (word ?? '') + quoted.text
      at = quoted.next
    } else if (character === '\\') {
      if (at + 1 === line.length) {
        return {
          problem: `the backslash at character ${at + 1} has nothing after it`,
          position: at + 1,
          hint: 'Remove it, or double it if a backslash is meant.',
        }
      }
      // A backslash before a line end joins the lines.
      word = line[at + 1] === '\n' ? word : (word ?? '') + line.charAt(at + 1)
      at += 2
    } else if (/\s/.test(character)) {
      if (word !== null) words.push(word)
      word = null
      at++
    } else if (OPERATORS.has(character)) {
      return {
        problem: `the shell operator ${character} at character ${at + 1} has no meaning here`,
        position: at + 1,
        hint: NO_SHELL_HINT,
      }
    } else {
      word = (word ?? '') + character
      at++
    }
  }
  if (word !== null) words.push(word)
  return { words }
}

/** The text between a quote at `start` and its partner; null = there is none. */
function readQuoted(
  line: string,
  start: number,
): { readonly text: string; readonly next: number } | null {
  const quote = line.charAt(start)
  let text = ''
  for (let at = start + 1; at < line.length; at++) {
    const character = line.charAt(at)
    if (character === quote) return { text, next: at + 1 }
    const escaped = line.charAt(at + 1)
    // Within double quotes a backslash escapes only what would be special there.
    if (quote === '"' && character === '\\' && '"\\$`\n'.includes(escaped) && escaped !== '') {
      if (escaped !== '\n') text += escaped
      at++
    } else {
      text += character
    }
  }
  return null
}
