import { expect, test } from '@playwright/test'
import { createHash } from 'node:crypto'
import { proportionBar, reference } from './html-parts.ts'
import { renderHtml } from './html.ts'
import { html } from './markup.ts'
import { SAMPLE_FACTS, sampleReport } from './sample-for-tests.ts'

const page = renderHtml(sampleReport())

/** The page without its own style and script. */
const markup = page.replace(/<(style|script)>[\s\S]*?<\/\1>/g, '')

/** Every tag of the page, as written. Text cannot hold any: its `<` are escaped. */
const tags = [...markup.matchAll(/<[^>]*>/g)].map(([tag]) => tag)

test('what is interpolated is escaped, once, in text and in attributes', () => {
  const hostile = `"><img src=x onerror='alert(1)'>&\``
  expect(html`<i title="${hostile}">${hostile}</i>`.source).toBe(
    '<i title="&quot;&gt;&lt;img src=x onerror=&#39;alert(1)&#39;&gt;&amp;&#96;">' +
      '&quot;&gt;&lt;img src=x onerror=&#39;alert(1)&#39;&gt;&amp;&#96;</i>',
  )
  expect(html`<b>${html`<i>${'<'}</i>`}${['&', null, 1]}</b>`.source).toBe(
    '<b><i>&lt;</i>&amp;1</b>',
  )
  expect(html`${'${x} \\n'}`.source).toBe('${x} \\n')
})

test('no hostile string of a dispatcher becomes markup', () => {
  expect(page).toContain('Acme Hooks &lt;script&gt;alert(1)&lt;/script&gt;')
  expect(
    tags.filter((tag) => /^<(script|img|iframe|object|embed|base|link|form action)/i.test(tag)),
  ).toEqual([])
  expect(tags.filter((tag) => /\son\w+\s*=|javascript:|\sstyle=/i.test(tag))).toEqual([])
  expect(page.match(/<script/g)).toHaveLength(1)
  expect(page).toContain('&lt;img src=x onerror=alert(2)&gt;')
  expect(page).toContain('&quot;&gt;&lt;svg onload=alert(3)&gt;')
  expect(page).toContain('a &quot;quoted&quot; &lt;b&gt;value&lt;/b&gt;')
})

test('hostile strings are escaped wherever a dispatcher or its adapter can put one', () => {
  const hostile = '</script></style></title><img src=x onerror=alert(9)>"\'\u202e'
  const report = sampleReport({
    ...SAMPLE_FACTS,
    run: { ...SAMPLE_FACTS.run, id: hostile, versions: { [hostile]: hostile } },
    dispatcher: { name: hostile, version: hostile, capabilities: [hostile], carrier: 'exec' },
  })
  const results = report.results.map((result) => ({
    ...result,
    explanation: hostile,
    advisories: [{ code: 'said-failed' as const, reason: null, text: hostile }],
    stimulus: { [hostile]: hostile },
  }))
  const written = renderHtml({ ...report, results })
  expect(written).not.toContain('<img')
  expect(written).not.toContain('\u202e')
  expect(written.match(/<\/script>/g)).toHaveLength(1)
  expect(written.match(/<\/style>/g)).toHaveLength(1)
  expect(written.match(/<\/title>/g)).toHaveLength(1)
})

test('deceiving characters are seen, not obeyed', () => {
  // Line feeds apart, no control or format character is left in the whole file.
  expect(page.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u)
  expect(page).toContain('‹U+202E›')
  expect(page).toContain('‹ESC›')
})

test('needs nothing from anywhere: the only addresses are those of RFCs, and its own parts', () => {
  const addresses = tags.flatMap((tag) =>
    [...tag.matchAll(/\s(?:href|src|action|data)="([^"]*)"/g)].map(([, to]) => to ?? ''),
  )
  expect(addresses.length).toBeGreaterThan(20)
  for (const address of addresses) {
    expect(address).toMatch(
      /^(#[\w.-]+|report\.json|https:\/\/www\.rfc-editor\.org\/rfc\/rfc\d+\.html(#[\w.-]+)?)$/,
    )
  }
  const own = [...page.matchAll(/<(style|script)>([\s\S]*?)<\/\1>/g)].map(
    ([, , source]) => source ?? '',
  )
  expect(own).toHaveLength(2)
  for (const source of own) expect(source).not.toMatch(/https?:|@import|url\(\s*['"]?(?!#)/)
})

test('the Content-Security-Policy lets only its own style and script in', () => {
  const [, policy = ''] = /Content-Security-Policy" content="([^"]*)"/.exec(page) ?? []
  const hashOf = (name: string): string => {
    const [, source = ''] = new RegExp(`<${name}>([\\s\\S]*?)</${name}>`).exec(page) ?? []
    return `'sha256-${createHash('sha256').update(source).digest('base64')}'`
  }
  expect(policy).toBe(
    `default-src 'none'; style-src ${hashOf('style')}; script-src ${hashOf('script')}; base-uri 'none'; form-action 'none'`,
  )
})

test('every link within the page has its target, and every id is there once', () => {
  const ids = tags.flatMap((tag) => [...tag.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id ?? ''))
  expect(new Set(ids).size).toBe(ids.length)
  const targets = tags.flatMap((tag) =>
    [...tag.matchAll(/\s(?:href="#|aria-labelledby=")([^"]+)"/g)].map(([, id]) => id ?? ''),
  )
  expect(targets.filter((target) => !ids.includes(target))).toEqual([])
})

test('shows every scenario, what failed first, and skips by name', () => {
  const report = sampleReport()
  for (const result of report.results) expect(page).toContain(`>${result.scenario}</code>`)
  expect(page.match(/<details\s+class="scenario/g)).toHaveLength(report.results.length)
  expect(page.indexOf('id="failed"')).toBeLessThan(page.indexOf('id="scenarios"'))
  expect(page).toContain('not declared: client-certificate.pkcs12')
  expect(page).toContain('needs the engine containers')
  expect(page).toContain('passed loosely')
})

test('one failure among many is wide enough to be seen', () => {
  const counts = { planned: 2000, passed: 1999, failed: 1, skipped: 0, inconclusive: 0 }
  const bar = proportionBar(counts).source
  const widths = [...bar.matchAll(/\sx="([\d.]+)"\s+y="0"\s+width="([\d.]+)"/g)]
  const [, failed] = widths.map(([, x, width]) => ({ x: Number(x), width: Number(width) }))
  expect(failed?.width).toBeGreaterThan(1)
  expect((failed?.x ?? 0) + (failed?.width ?? 0)).toBeCloseTo(100, 1)
})

test('links sections of RFCs', () => {
  const to = (text: string): string => /href="([^"]+)"/.exec(reference(text).source)?.[1] ?? 'none'
  const rfc = 'https://www.rfc-editor.org/rfc'
  expect(to('RFC 5280 4.1.2.5')).toBe(`${rfc}/rfc5280.html#section-4.1.2.5`)
  expect(to('RFC 5280 6.1.3 (a)(2)')).toBe(`${rfc}/rfc5280.html#section-6.1.3`)
  expect(to('RFC 8705')).toBe(`${rfc}/rfc8705.html`)
  expect(to('RFC 8446 Appendix D.4')).toBe(`${rfc}/rfc8446.html#appendix-D.4`)
  expect(to('Standard Webhooks')).toBe('none')
  expect(to('RFC 1 "><script>')).toBe(`${rfc}/rfc1.html`)
})

test('a report without results is still a page', () => {
  const empty = renderHtml({
    ...sampleReport(),
    results: [],
    profiles: [],
    summary: { planned: 0, passed: 0, failed: 0, skipped: 0, inconclusive: 0 },
    verdict: 'inconclusive',
  })
  expect(empty).toContain('No scenario was planned')
})
