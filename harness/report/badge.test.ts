import { expect, test } from '@playwright/test'
import { renderBadge, textWidth } from './badge.ts'
import type { Report } from './model.ts'
import { SAMPLE_FACTS, sampleReport } from './sample-for-tests.ts'
import { parseXml, textOf, type Element } from './xml-for-tests.ts'

const report = sampleReport()
const PROFILES = ['core', 'pinning', 'oauth2-mtls', 'keystores', 'rotation'] as const

/** The sample with these profiles conformant, and that verdict. */
function ending(verdict: Report['verdict'], conformant: readonly string[] = []): Report {
  const profiles = PROFILES.map((id) => ({
    ...report.summary,
    id,
    result: conformant.includes(id) ? ('conformant' as const) : ('partial' as const),
  }))
  return { ...report, verdict, profiles }
}

const inside = (element: Element, name: string): readonly Element[] => [
  ...(element.name === name ? [element] : []),
  ...element.children.flatMap((one) => (typeof one === 'string' ? [] : inside(one, name))),
]
const words = (badge: string): readonly string[] =>
  inside(parseXml(badge), 'text').map((one) => textOf(one).trim())

test('names suite version, verdict and profiles', () => {
  const said = (one: Report) => words(renderBadge(one))
  expect(said(ending('conformant', ['core']))).toEqual(['hookproof 0.1.0', 'conformant: core'])
  expect(said(ending('conformant', PROFILES))[1]).toBe('conformant: core, pinning, oauth2-mtls +2')
  expect(said(ending('partial'))[1]).toBe('partial')
  expect(said(ending('nonconformant'))[1]).toBe('nonconformant: 5 failed')
  expect(said(ending('inconclusive'))[1]).toBe('inconclusive: 3 open')
})

test('says to a screen reader all that it has no room for', () => {
  const badge = parseXml(renderBadge(ending('conformant', PROFILES)))
  const [title] = inside(badge, 'title')
  expect(badge.attributes['role']).toBe('img')
  expect(badge.attributes['aria-label']).toBe(textOf(title ?? badge))
  for (const part of [
    'conformant in hookproof 0.1.0',
    'embedded engine',
    'rotation conformant',
    '4.2.1',
  ]) {
    expect(badge.attributes['aria-label']).toContain(part)
  }
})

test('every text has its room, and nothing lies outside', () => {
  const badge = parseXml(renderBadge(ending('conformant', PROFILES)))
  const width = Number(badge.attributes['width'])
  const [left, right] = inside(badge, 'text').map(({ attributes }) => {
    const x = Number(attributes['x'])
    return [x, x + Number(attributes['textLength'])] as const
  })
  const split = Number(inside(badge, 'rect')[2]?.attributes['x'])
  expect(left?.[1]).toBeLessThan(split)
  expect(right?.[0]).toBeGreaterThan(split)
  expect(right?.[1]).toBeLessThan(width)
})

test('widths are those of Verdana at 11 px', () => {
  expect(textWidth('')).toBe(0)
  expect(textWidth('iiii')).toBeCloseTo(12.4)
  expect(textWidth('WWWW')).toBeCloseTo(43.6)
  // What has no measure is given the most that one can need.
  expect(textWidth('…😀')).toBe(22)
})

test('white text can be read on every colour', () => {
  const luminance = (hex: string): number => {
    const parts = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255)
    const [r = 0, g = 0, b = 0] = parts.map((part) =>
      part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4,
    )
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  for (const verdict of ['conformant', 'nonconformant', 'partial', 'inconclusive'] as const) {
    const fills = inside(parseXml(renderBadge(ending(verdict))), 'rect').flatMap(
      ({ attributes }) => attributes['fill'] ?? [],
    )
    expect(fills).toHaveLength(2)
    for (const fill of fills) expect(1.05 / (luminance(fill) + 0.05), fill).toBeGreaterThan(4.5)
  }
})

test('a hostile name or version stays text, and makes no badge as wide as a page', () => {
  const hostile = '"><script>alert(1)</script>\u202e'.repeat(50)
  const badge = renderBadge(
    sampleReport({
      ...SAMPLE_FACTS,
      suite: { ...SAMPLE_FACTS.suite, version: hostile },
      dispatcher: { ...SAMPLE_FACTS.dispatcher, name: hostile },
    }),
  )
  expect(badge).not.toContain('<script')
  expect(badge).not.toContain('\u202e')
  expect(Number(parseXml(badge).attributes['width'])).toBeLessThan(600)
})
