import { expect, test } from '@playwright/test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { packageRoot } from '../package-root.ts'

const read = (path: string): string => readFileSync(join(packageRoot, path), 'utf8')

/** The actions that a workflow uses, each with its commit. */
function actions(workflow: string): ReadonlyMap<string, string> {
  const uses = workflow.matchAll(/uses: ([\w-]+\/[\w-]+)@(\S+)/g)
  return new Map([...uses].map(([, name = '', at = '']) => [name, at]))
}

test('the recipes for CI are YAML, and pin the actions that `init` pins', () => {
  const recipes = [...read('docs/sharding.md').matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(
    ([, text = '']) => text,
  )
  expect(recipes).toHaveLength(2)
  for (const recipe of recipes) expect(parse(recipe)).toEqual(expect.any(Object))
  const [github = ''] = recipes
  expect(parse(github)).toMatchObject({ permissions: {} })
  const pinned = actions(read('templates/project/conformance.yml'))
  const used = actions(github)
  expect(used.size).toBe(4)
  for (const [name, at] of used) {
    expect(at, name).toMatch(/^[0-9a-f]{40}$/)
    expect(pinned.get(name) ?? at, name).toBe(at)
  }
})
