import { expect, test } from '@playwright/test'
import { compare, unmetBy } from './comparison.ts'
import { EVERY_KIND } from './every-kind-for-tests.ts'
import { scenarioFold } from './html-scenario.ts'
import type { ReportedResult } from './model.ts'
import { sampleReport } from './sample-for-tests.ts'
import { skippedGroups } from './summary.ts'

const report = sampleReport()

function sample(id: string): ReportedResult {
  const found = report.results.find((result) => result.scenario === id)
  if (found === undefined) throw new Error(`the sample has no ${id}`)
  return found
}

/** What differs, by name, with what was seen instead. */
function differences(result: ReportedResult): Readonly<Record<string, string>> {
  const rows = compare(result).flatMap((comparison) => comparison.rows)
  return Object.fromEntries(
    rows.filter((row) => row.mark === 'differs').map((row) => [row.what, row.seen]),
  )
}

test('the sample has every way to end', () => {
  expect(report.summary).toEqual({ planned: 19, passed: 7, failed: 5, skipped: 4, inconclusive: 3 })
  const reasons = report.results.flatMap(({ reason }) => (reason === null ? [] : [reason]))
  expect([...new Set(reasons)].sort()).toEqual(
    ['adapter', 'contradiction', 'harness', 'leak', 'resumed', 'unmet', 'wrong-reason'].sort(),
  )
})

test('what differs is what the judge complained about', () => {
  expect(differences(sample('sample-server-validity/end-entity-expired-by-a-second'))).toEqual({
    Outcome: '1 accepted request; the adapter said delivered (HTTP 204)',
    'At the origin': '1 request',
  })
  expect(differences(sample('sample-server-validity/issuer-expired'))).toEqual({
    Reason: 'server-certificate.name-mismatch',
  })
  expect(differences(sample('sample-client-certificate/no-forwarded-header'))).toEqual({
    Headers: 'client-cert',
  })
  expect(differences(sample('sample-oauth2/one-refresh-after-401'))).toEqual({
    'At the token server': '4 requests',
  })
  expect(differences(sample('sample-rotation/redirected-elsewhere'))).toMatchObject({
    Elsewhere: '1 connection',
  })
})

test('what makes an expectation unmet is pointed at, and nothing else', () => {
  const kinds = (id: string) => [...unmetBy(sample(id))].map((one) => one.kind)
  expect(kinds('sample-server-validity/end-entity-expired-by-a-second')).toEqual([
    'request',
    'reply',
  ])
  expect(kinds('sample-server-validity/issuer-expired')).toEqual(['reply'])
  expect(kinds('sample-client-certificate/no-forwarded-header')).toEqual(['request'])
  // All of the connection that nobody should have opened, but not how it ended.
  const astray = unmetBy(sample('sample-rotation/redirected-elsewhere'))
  const listeners = [...astray].flatMap((one) => ('listener' in one ? [one.listener] : []))
  expect(new Set(listeners)).toEqual(new Set(['elsewhere']))
  expect([...astray].map((one) => one.kind)).toEqual(
    expect.arrayContaining(['connection-opened', 'handshake']),
  )
  const { source } = scenarioFold(sample('sample-rotation/redirected-elsewhere'))
  expect(source).toMatch(/<line\s+class="both trouble"/)
  for (const result of report.results.filter(({ verdict }) => verdict === 'inconclusive')) {
    if (result.advisories.length === 0) expect(unmetBy(result).size).toBe(0)
  }
})

test('nothing differs in a scenario that passed strictly and without advisories', () => {
  const clean = report.results.filter(
    (result) => result.grade === 'strict' && result.advisories.length === 0,
  )
  expect(clean.length).toBeGreaterThan(3)
  for (const result of clean) expect(differences(result), result.scenario).toEqual({})
})

test('a wrong certificate and a delivery that never began are told', () => {
  const result = sample('sample-server-validity/control')
  const [step] = result.expected
  if (step?.do !== 'deliver') throw new Error('the control expects a delivery')
  const renewed = {
    do: 'deliver',
    expect: { ...step.expect, clientCertificate: 'renewed' },
  } as const
  expect(differences({ ...result, expected: [renewed] })).toEqual({
    'Client certificate': 'the certificate "dispatcher"',
  })
  expect(compare({ ...result, expected: [step, { do: 'reset' }, step] })[1]).toEqual({
    what: 'delivery',
    step: 2,
    state: 'never-begun',
    rows: [],
  })
})

test('an inspection is compared like a delivery', () => {
  const [step, shown] = EVERY_KIND.filter(({ kind }) => kind === 'step' || kind === 'inspected')
  if (step === undefined || shown === undefined) throw new Error('both kinds are there')
  const seen = [step, shown]
  const inspect = (certificate: string, warnings: readonly string[]) =>
    ({ do: 'inspect', expect: { certificate, warnings, absentWarnings: [] } }) as const
  const [told] = compare({
    expected: [inspect('dispatcher', ['client-certificate.expiring'])],
    observations: seen,
  })
  expect(told).toMatchObject({ what: 'inspection', step: 0, state: 'begun' })
  expect(told?.rows.map(({ what, mark }) => [what, mark])).toEqual([
    ['Certificate shown', 'agrees'],
    ['End of validity shown', 'agrees'],
    ['Warnings', 'agrees'],
  ])
  const wrong = { ...sample('sample-server-validity/control'), observations: seen }
  expect(differences({ ...wrong, expected: [inspect('renewed', ['other'])] })).toEqual({
    'Certificate shown': 'the certificate "dispatcher"',
    Warnings: 'client-certificate.expiring',
  })
  expect(differences({ ...wrong, expected: [inspect('x', [])], observations: [step] })).toEqual({
    'Certificate shown': 'the adapter did not answer',
  })
})

test('a secret that a reply told is a row of its step, and leads the eye', () => {
  const ONES = ['step', 'inspected', 'secret-told'] as const
  const [step, shown, told] = ONES.map((kind) => EVERY_KIND.find((one) => one.kind === kind))
  if (step === undefined || shown === undefined || told === undefined)
    throw new Error('all are there')
  const expected = [
    { do: 'inspect', expect: { certificate: 'dispatcher', warnings: [], absentWarnings: [] } },
  ] as const
  // What came before the first step, the answer to configure, counts there.
  for (const observations of [
    [told, step, shown],
    [step, told, shown],
  ]) {
    const result = { ...sample('sample-server-validity/control'), expected, observations }
    expect(differences(result)).toEqual({
      Secrets: 'an access token in "attempts.native" of the reply to deliver',
    })
    expect(unmetBy({ ...result, verdict: 'failed' })).toEqual(new Set([told]))
  }
})

test('skips are grouped by what is missing, those that leave a hole first', () => {
  expect(
    skippedGroups(report).map(({ why, results, leaves }) => [why, results.length, leaves]),
  ).toEqual([
    ['needs the engine containers', 1, 'a-hole'],
    ['not declared: client-certificate.pkcs12', 2, 'nothing'],
    ['not declared: client-certificate.jks', 1, 'nothing'],
  ])
})
