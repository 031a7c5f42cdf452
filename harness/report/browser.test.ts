import { AxeBuilder } from '@axe-core/playwright'
import { expect, type Page } from '@playwright/test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CHROMIUM, test } from './browser-for-tests.ts'
import { sampleReport } from './sample-for-tests.ts'

test.skip(CHROMIUM === null, 'no Chromium on this machine; HOOKPROOF_CHROMIUM can name one')

const report = sampleReport()
const LEAK = 's-sample-server-validity--end-entity-expired-by-a-second'
const HEADER = 's-sample-client-certificate--no-forwarded-header'

/** One scenario for each way to end, and one with an advisory and a token server. */
const EVERY_KIND = [
  LEAK,
  HEADER,
  's-sample-server-validity--end-entity-expired',
  's-sample-oauth2--one-refresh-after-401',
  's-sample-keystores--jks',
  's-sample-rotation--endpoint-renewed',
]

const folds = (page: Page) => page.locator('details.scenario')
const shownFolds = (page: Page) => page.locator('details.scenario:not([hidden])')

/** Presses Tab until this has the focus: what cannot be reached that way, a keyboard cannot reach. */
async function tabTo(page: Page, selector: string): Promise<void> {
  const focused = page.locator(selector).and(page.locator(':focus'))
  for (let presses = 0; presses < 200; presses++) {
    await page.keyboard.press('Tab')
    if ((await focused.count()) > 0) return
  }
  throw new Error(`Tab does not lead to ${selector}`)
}

test('a reader sees who was tested, the verdict, and what failed first', async ({ opened }) => {
  const { page } = opened
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(
    /Acme Hooks <script>alert\(1\)<\/script>\s+4\.2\.1/,
  )
  await expect(page.locator('.masthead .word')).toHaveText('nonconformant')
  await expect(page.locator('.masthead .sentence')).toContainText('5 of 19 scenarios failed')
  const headings = await page.getByRole('heading', { level: 2 }).allInnerTexts()
  expect(headings.map((text) => text.replace(/\s*\d+$/, ''))).toEqual([
    'Profiles',
    'Failures',
    'Inconclusive',
    'Advisories',
    'Skipped',
    'About this run',
    'All scenarios',
    'How to read it',
  ])
  await expect(folds(page)).toHaveCount(report.summary.planned)
})

test('hostile strings are read, not obeyed: no dialog, no request, no error', async ({
  opened,
}) => {
  const { page, mischief } = opened
  await page.getByRole('button', { name: 'Open all' }).click()
  const evidence = page.locator(`#${HEADER} table.evidence`)
  for (const closer of await evidence.locator('details.closer > summary').all())
    await closer.click()
  await expect(evidence).toContainText(`"><svg onload=alert(3)> ' & ‹U+200B›‹U+2066›hidden`)
  await expect(evidence).toContainText('a "quoted" <b>value</b>')
  await expect(page.locator('body')).toContainText(
    '‹U+202E›DERIPXE‹U+202C› ‹ESC›[31m</td><img src=x',
  )
  // Nothing that a string could have made: our page has no such elements at all.
  await expect(
    page.locator('img, iframe, object, embed, [onload], [onerror], body b > b'),
  ).toHaveCount(0)
  await expect(page.locator('script')).toHaveCount(1)
  expect(mischief).toEqual([])
})

test('the policy of the page would stop what escaping missed', async ({ opened }) => {
  const { page, mischief } = opened
  const refused = page.waitForEvent('requestfailed')
  const ran = await page.evaluate(`(async () => {
    const host = document.createElement('div')
    host.innerHTML = '<img src="https://outside.invalid/x.png" onerror="window.ran = 1">'
    document.body.append(host)
    const script = document.createElement('script')
    script.textContent = 'window.ran = 2'
    document.body.append(script)
    await new Promise((resolve) => setTimeout(resolve, 0))
    return 'ran' in window
  })()`)
  expect(ran).toBe(false)
  // Playwright tells of a request that the policy stopped before it left.
  expect((await refused).failure()?.errorText).toBe('csp')
  expect(mischief.join('\n')).toContain('Content Security Policy')
})

test('the keyboard alone skips to the scenarios, filters and folds them', async ({ opened }) => {
  const { page } = opened
  await page.keyboard.press('Tab')
  await expect(page.locator('.skip-link')).toBeFocused()
  await page.keyboard.press('Enter')
  await tabTo(page, 'input[name="text"]')
  await page.keyboard.type('Pin')
  const status = page.getByRole('status')
  const matching = await shownFolds(page).count()
  expect(matching).toBeGreaterThan(0)
  expect(matching).toBeLessThan(report.summary.planned)
  await expect(status).toHaveText(`${matching} of ${report.summary.planned} shown`)
  await tabTo(page, 'input[value="passed"]')
  await page.keyboard.press('Space')
  await expect(shownFolds(page).and(page.locator('[data-verdict="passed"]'))).toHaveCount(0)
  await tabTo(page, 'details.scenario:not([hidden]) > summary')
  await page.keyboard.press('Enter')
  await expect(shownFolds(page).first()).toHaveAttribute('open', '')
  await expect(shownFolds(page).first().locator('.lead')).toBeVisible()
  await page.keyboard.press('Space')
  await expect(shownFolds(page).first().locator('.lead')).toBeHidden()
})

test('a filter that nothing fits says so, and its list can be opened and closed at once', async ({
  opened,
}) => {
  const { page } = opened
  await page.getByRole('searchbox', { name: 'Text' }).fill('no scenario has these words')
  await expect(page.getByText('No scenario matches the filter.')).toBeVisible()
  await page.getByRole('searchbox', { name: 'Text' }).fill('')
  await page.getByRole('button', { name: 'Open all' }).click()
  await expect(page.locator('details.scenario[open]')).toHaveCount(report.summary.planned)
  await page.getByRole('button', { name: 'Close all' }).click()
  await expect(page.locator('details.scenario[open]')).toHaveCount(0)
})

test('a failure in the list above leads to its scenario, open', async ({ opened }) => {
  const { page } = opened
  const link = page.locator(`section[aria-labelledby="failed"] a[href="#${LEAK}"]`)
  await link.focus()
  await page.keyboard.press('Enter')
  await expect(page.locator(`#${LEAK}`)).toHaveAttribute('open', '')
  await expect(page.locator(`#${LEAK} > summary`)).toBeFocused()
  await expect(page.locator(`#${LEAK} .compare .differs`).first()).toBeVisible()
})

test('every sequence diagram has its text alternative beside it', async ({ opened }) => {
  const { page } = opened
  await page.getByRole('button', { name: 'Open all' }).click()
  const driven = report.results.filter(({ observations }) => observations.length > 0)
  const diagrams = page.getByRole('group', { name: /^Sequence diagram; the table of evidence/ })
  await expect(diagrams).toHaveCount(driven.length)
  for (const [index, { observations }] of driven.entries()) {
    const diagram = diagrams.nth(index)
    await expect(diagram.locator('svg')).toHaveAttribute('aria-hidden', 'true')
    const rows = diagram.locator('xpath=following-sibling::table[1]').locator('tbody > tr')
    await expect(rows).toHaveCount(observations.length)
  }
})

for (const scheme of ['light', 'dark'] as const) {
  test.describe(`in ${scheme}`, () => {
    test.use({ viewing: { scheme, script: 'on', width: 1280 } })
    test('axe finds nothing, with a scenario of every kind open', async ({ opened }) => {
      // It looks at the contrast of every word.
      test.slow()
      const { page } = opened
      const background = await page.evaluate<string>(
        'getComputedStyle(document.body).backgroundColor',
      )
      const [red = 0] = (/\d+/.exec(background) ?? []).map(Number)
      expect(red > 127 ? 'light' : 'dark').toBe(scheme)
      for (const id of EVERY_KIND) await page.locator(`#${id} > summary`).click()
      const { violations, passes } = await new AxeBuilder({ page }).analyze()
      expect(passes.length).toBeGreaterThan(20)
      expect(
        violations.map(({ id, impact, nodes }) => `${impact ?? ''} ${id}: ${nodes[0]?.html ?? ''}`),
      ).toEqual([])
    })
  })
}

test.describe('on a phone', () => {
  test.use({ viewing: { scheme: 'light', script: 'on', width: 320 } })
  test('nothing is wider than the screen', async ({ opened }) => {
    const { page } = opened
    await page.getByRole('button', { name: 'Open all' }).click()
    // WCAG 2.2, 1.4.10: no scrolling in two directions at 320 CSS pixels.
    expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(
      320,
    )
  })
})

test.describe('without scripts', () => {
  test.use({ viewing: { scheme: 'light', script: 'off', width: 1280 } })
  test('the page is whole, and shows no control that does not work', async ({ opened }) => {
    const { page } = opened
    await expect(page.locator('form.filter')).toBeHidden()
    await expect(page.locator('button:visible')).toHaveCount(0)
    await page.locator(`#${LEAK} > summary`).click()
    await expect(page.locator(`#${LEAK} .lead`)).toBeVisible()
  })
})

test('on paper, failures are whole and the filter is gone', async ({ opened }) => {
  const { page } = opened
  await page.emulateMedia({ media: 'print' })
  await page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
  await expect(page.locator('form.filter')).toBeHidden()
  await expect(page.locator(`#${LEAK} .lead`)).toBeVisible()
  await expect(page.locator('details.scenario.passed[open]')).toHaveCount(0)
  await page.evaluate("window.dispatchEvent(new Event('afterprint'))")
  await expect(page.locator('details.scenario[open]')).toHaveCount(0)
})

test('the badge is an image with a name, and its text fits', async ({ opened }) => {
  const { page, open, mischief } = opened
  await open('badge.svg')
  await expect(page.getByRole('img', { name: /nonconformant in hookproof 0\.1\.0/ })).toBeVisible()
  const sizes = await page.evaluate<readonly { held: number; natural: number }[]>(`
    Array.from(document.querySelectorAll('text'), (text) => {
      const held = text.getComputedTextLength()
      text.removeAttribute('textLength')
      return { held, natural: text.getComputedTextLength() }
    })`)
  expect(sizes).toHaveLength(2)
  // Held to what was reckoned; where the machine has Verdana or DejaVu Sans, that is what it needs.
  for (const { held, natural } of sizes) expect(Math.abs(held / natural - 1)).toBeLessThan(0.25)
  expect(mischief).toEqual([])
})

test('a parser of the real world reads the JUnit file', async ({ opened, folder }) => {
  const text = readFileSync(join(folder, 'junit.xml'), 'utf8')
  const read = await opened.page.evaluate(`(() => {
    const read = new DOMParser().parseFromString(${JSON.stringify(text)}, 'application/xml')
    const count = (selector) => read.querySelectorAll(selector).length
    return {
      errors: count('parsererror'),
      cases: count('testsuites > testsuite > testcase'),
      failures: count('testcase > failure'),
    }
  })()`)
  const { planned, failed } = report.summary
  expect(read).toEqual({ errors: 0, cases: planned, failures: failed })
})
