import { expect, test } from '@playwright/test'
import { createHash } from 'node:crypto'
import { loadScenarios } from '../scenario/load.ts'
import type { Profile } from '../scenario/vocabulary.ts'
import { createEvent } from './event.ts'
import { reproduceEnvironment, reproduceLine } from './reproduce.ts'
import { DEFAULT_PROFILES, settingsFrom } from './settings.ts'
import { wantedKeys } from './wanted-keys.ts'
import { currentCorpus, planOf } from './corpus.ts'
import { publishSettings } from './settings.ts'

test.describe('settings', () => {
  test('the environment wins over the options, and both over the defaults', () => {
    const options = { dispatcher: 'node a.js', engine: 'containers', report: 'mine' } as const
    expect(settingsFrom(options, {}, '/w')).toMatchObject({
      dispatcher: 'node a.js',
      report: '/w/mine',
    })
    const environment = { HOOKPROOF_DISPATCHER: 'node b.js', HOOKPROOF_ENGINE: 'embedded' }
    const settings = settingsFrom(options, environment, '/w')
    expect(settings).toMatchObject({ dispatcher: 'node b.js', engine: 'embedded' })
    expect(settingsFrom({}, {}, '/w').profiles).toEqual(DEFAULT_PROFILES)
    expect(DEFAULT_PROFILES).not.toContain('strict')
  })

  for (const [variable, value, sentence] of [
    ['HOOKPROOF_ENGINE', 'docker', 'There is no engine "docker".'],
    ['HOOKPROOF_PROFILE', 'core,coer', 'There is no profile "coer".'],
  ] as const) {
    test(`${variable}=${value} is refused with its value`, () => {
      expect(() => settingsFrom({}, { [variable]: value }, '/w')).toThrow(sentence)
    })
  }
})

test.describe('an event', () => {
  test('is new each time, findable by its id, and hashed over its bytes', () => {
    const [one, two] = [createEvent({ size: 'small' }), createEvent({ size: 'small' })]
    expect(one.id).toMatch(/^evt_[0-9a-f]{16}$/)
    expect(one.id).not.toBe(two.id)
    expect(one.body.toString()).toContain(one.id)
    expect(one.sha256).toBe(createHash('sha256').update(one.body).digest('hex'))
  })

  test('changes when a dispatcher parses and writes it again', () => {
    const { body } = createEvent({ size: 'small' })
    const again = JSON.stringify(JSON.parse(body.toString()))
    expect(again).not.toBe(body.toString())
    expect(JSON.stringify(JSON.parse(body.toString()), null, 2)).not.toBe(body.toString())
  })

  test('has the size that is asked for', () => {
    expect(createEvent({ size: 1_048_576 }).body).toHaveLength(1_048_576)
  })
})

test.describe('the line that reproduces a scenario', () => {
  const SCENARIO = { id: 'a/b', profile: 'core' } as const
  const settings = (dispatcher: string) =>
    reproduceEnvironment(settingsFrom({ dispatcher, engine: 'embedded' }, {}, '/w'))

  test('quotes the dispatcher for a shell', () => {
    expect(reproduceLine(SCENARIO, settings("node 'my adapter.js'"))).toBe(
      `HOOKPROOF_DISPATCHER='node '\\''my adapter.js'\\''' HOOKPROOF_ENGINE=embedded npx playwright test --grep 'a/b:'`,
    )
  })

  test('keeps credentials of a URL to itself', () => {
    const line = reproduceLine(SCENARIO, settings('http://user:secret@127.0.0.1:9/adapter'))
    expect(line).not.toContain('secret')
    expect(line).toContain('http://127.0.0.1:9/adapter')
  })

  test('asks for a profile that is run on request only', () => {
    expect(reproduceLine({ ...SCENARIO, profile: 'strict' }, '')).toBe(
      "HOOKPROOF_PROFILE=strict npx playwright test --grep 'a/b:'",
    )
  })

  test('says nothing of the reference dispatcher', () => {
    expect(reproduceLine(SCENARIO, reproduceEnvironment(settingsFrom({}, {}, '/w')))).toBe(
      "npx playwright test --grep 'a/b:'",
    )
  })
})

test.describe('the plan', () => {
  const { scenarios } = loadScenarios(settingsFrom({}, {}, '/w').scenarios)
  const strict = scenarios.find(({ profile }) => profile === 'strict')?.id ?? ''
  const selection = (profiles: readonly Profile[]) =>
    planOf({ scenarios }, { profiles, reproduce: '' }, (id) => id !== strict).find(
      ({ id }) => id === strict,
    )?.selection

  test('leaves out what nobody asked for without a loss', () => {
    expect(selection(DEFAULT_PROFILES)).toBe('opt-in')
  })

  test('is partial without a scenario of an opt-in profile that was asked for', () => {
    expect(selection([...DEFAULT_PROFILES, 'strict'])).toBe('filtered-out')
  })
})

test('every RSA key of the corpus is wanted once, and nothing else', () => {
  publishSettings(settingsFrom({}, {}, process.cwd()))
  const wanted = wantedKeys(currentCorpus().scenarios)
  expect(wanted.length).toBeGreaterThan(0)
  expect(new Set(wanted.map(({ algorithm, label }) => `${algorithm} ${label}`)).size).toBe(
    wanted.length,
  )
  expect(wanted.every(({ algorithm }) => algorithm.startsWith('rsa-'))).toBe(true)
})
