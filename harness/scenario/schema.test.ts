import { expect, test } from '@playwright/test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { packageRoot } from '../package-root.ts'
import { KEY_ALGORITHMS, KEY_USAGES, SIGNATURE_HASHES } from './certificate.ts'
import { CAPABILITIES, ENGINES, PROFILES, REASONS } from './vocabulary.ts'

type Schema = Readonly<Record<string, unknown>>

const schema = JSON.parse(
  readFileSync(join(packageRoot, 'harness/scenario/scenario.schema.json'), 'utf8'),
) as Schema

function at(...path: readonly string[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Schema)[key], schema)
}

/** Every `properties` mapping within a schema, with its place. */
function* properties(value: unknown, place: string): Generator<readonly [string, Schema]> {
  if (typeof value !== 'object' || value === null) return
  for (const [key, child] of Object.entries(value)) {
    const here = `${place}/${key}`
    if (key === 'properties') {
      for (const [name, property] of Object.entries(child as Schema)) {
        yield [`${here}/${name}`, property as Schema]
      }
    }
    yield* properties(child, here)
  }
}

test('the schema is a good one, with nothing in it that ajv ignores', () => {
  const ajv = new Ajv({
    strict: true,
    strictTypes: false,
    strictRequired: false,
    allowUnionTypes: true,
  })
  expect(ajv.validateSchema(schema), JSON.stringify(ajv.errors)).toBe(true)
  expect(() => ajv.compile(schema)).not.toThrow()
})

test('every field has a description, or is described where it is defined', () => {
  const all = [...properties(schema, '#')]
  expect(all.length).toBeGreaterThan(100)
  const bare = all.filter(([, property]) => {
    const { $ref } = property
    const name = typeof $ref === 'string' ? $ref.replace('#/definitions/', '') : null
    const definition = name === null ? {} : (at('definitions', name) as Schema)
    return (property['description'] ?? definition['description']) === undefined
  })
  expect(bare.map(([place]) => place)).toEqual([])
})

test('every patterned text has a title, which messages use', () => {
  const untitled: string[] = []
  const visit = (value: unknown, place: string): void => {
    if (typeof value !== 'object' || value === null) return
    if ('pattern' in value && typeof value.pattern === 'string' && !('title' in value)) {
      untitled.push(place)
    }
    for (const [key, child] of Object.entries(value)) visit(child, `${place}/${key}`)
  }
  visit(schema, '#')
  expect(untitled).toEqual([])
})

test('its word lists are those of the code', () => {
  const certificate = ['definitions', 'certificate', 'properties'] as const
  expect(at('definitions', 'reason', 'enum')).toEqual(REASONS)
  expect(at('definitions', 'capabilities', 'items', 'enum')).toEqual(CAPABILITIES)
  expect(at('properties', 'profile', 'enum')).toEqual(PROFILES)
  expect(at('definitions', 'scenario', 'properties', 'profile', 'enum')).toEqual(PROFILES)
  expect(at('definitions', 'scenario', 'properties', 'engines', 'items', 'enum')).toEqual(ENGINES)
  expect(at(...certificate, 'key', 'enum')).toEqual(KEY_ALGORITHMS)
  expect(at(...certificate, 'signature', 'enum')).toEqual(SIGNATURE_HASHES)
  expect(at(...certificate, 'key-usage', 'else', 'items', 'enum')).toEqual(KEY_USAGES)
})
