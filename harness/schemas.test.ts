import { expect, test } from '@playwright/test'
import { Ajv } from 'ajv'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from './package-root.ts'

const schemas = readdirSync(join(packageRoot, 'harness'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.schema.json'))
  .map((path) => join(packageRoot, 'harness', path))

test('every shipped schema is a valid JSON Schema, and describes each of its properties', () => {
  expect(schemas.length).toBeGreaterThanOrEqual(4)
  for (const path of schemas) {
    const schema = JSON.parse(readFileSync(path, 'utf8')) as object
    const ajv = new Ajv({ strict: false })
    expect(ajv.validateSchema(schema), `${path}: ${ajv.errorsText()}`).toBe(true)
    expect(undescribed(schema, ''), path).toEqual([])
  }
})

/** Paths of properties without a description of their own or of what they refer to. */
function undescribed(node: unknown, path: string): readonly string[] {
  if (typeof node !== 'object' || node === null) return []
  return Object.entries(node).flatMap(([key, value]: [string, unknown]) => {
    const here = `${path}/${key}`
    // Conditions say more of fields that are described where they are defined.
    if (['if', 'then', 'else'].includes(key)) return []
    if (key !== 'properties' || typeof value !== 'object' || value === null) {
      return undescribed(value, here)
    }
    const bare = Object.entries(value)
      .filter(([, one]: [string, unknown]) => !describes(one))
      .map(([name]) => `${here}/${name}`)
    return [...bare, ...undescribed(value, here)]
  })
}

function describes(one: unknown): boolean {
  return typeof one === 'object' && one !== null && ('description' in one || '$ref' in one)
}
