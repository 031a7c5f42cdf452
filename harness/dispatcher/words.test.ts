import { expect, test } from '@playwright/test'
import { splitWords } from './words.ts'

const SPLIT: readonly (readonly [line: string, words: readonly string[]])[] = [
  ['node my-adapter.js', ['node', 'my-adapter.js']],
  ['  node\t a.js \n', ['node', 'a.js']],
  [`node 'my adapter.js' "--name=a b"`, ['node', 'my adapter.js', '--name=a b']],
  [`a'b'"c"d`, ['abcd']],
  [`x ''`, ['x', '']],
  ['a\\ b \\"c', ['a b', '"c']],
  [`"a\\"b" "c\\d" "\\$e" '\\f'`, ['a"b', 'c\\d', '$e', '\\f']],
  ['a \\\n b', ['a', 'b']],
  [`x '|>&;' "a|b" \\;`, ['x', '|>&;', 'a|b', ';']],
  ['x $HOME ~ *.js', ['x', '$HOME', '~', '*.js']],
  ['', []],
]

for (const [line, words] of SPLIT) {
  test(`splits ${JSON.stringify(line)}`, () => {
    expect(splitWords(line)).toEqual({ words })
  })
}

const REFUSED: readonly (readonly [line: string, problem: RegExp, position: number])[] = [
  [`node 'a.js`, /single quote at character 6/, 6],
  [`"a\\"`, /double quote at character 1/, 1],
  ['a | b', /operator \| at character 3/, 3],
  ['a > out', /operator >/, 3],
  ['a && b', /operator &/, 3],
  ['a; b', /operator ;/, 2],
  ['a `b`', /operator `/, 3],
  ['a $(b)', /operator \(/, 4],
  ['a \\', /backslash at character 3/, 3],
]

for (const [line, problem, position] of REFUSED) {
  test(`refuses ${JSON.stringify(line)}`, () => {
    expect(splitWords(line)).toMatchObject({
      problem: expect.stringMatching(problem),
      position,
    })
  })
}
