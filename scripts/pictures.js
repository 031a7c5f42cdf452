// Makes the pictures of README from two real runs: of the reference dispatcher, and of a miniature that
// has one fault. Needs dist/ and a Chromium (HOOKPROOF_CHROMIUM, or where one usually is).
import { chromium } from '@playwright/test'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const pictures = join(root, 'docs/pictures')
// Not under test-results, which Playwright empties before each run.
const reports = mkdtempSync(join(tmpdir(), 'hookproof-pictures-'))

/** What the miniature gets wrong is in its name; this scenario is where it shows best. */
const MINIATURE = 'follows-redirects'
const SCENARIO = 'redirects/elsewhere-307'

/** A page that loads in a moment also for whoever reads README over a slow line. */
const MOST_BYTES = 150_000

const usual = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
const executablePath = [
  process.env['HOOKPROOF_CHROMIUM'],
  ...usual,
  chromium.executablePath(),
].find((path) => path !== undefined && existsSync(path))

/** Certifies a dispatcher; returns where its report is. */
function certify(name, dispatcher, expected) {
  const report = join(reports, name)
  const program = join(root, 'dist/harness/cli/main.js')
  const { status } = spawnSync(
    process.execPath,
    [program, 'certify', '--engine', 'containers', '--dispatcher', dispatcher, '--report', report],
    { cwd: root, stdio: 'inherit' },
  )
  if (status !== expected) {
    throw new Error(`${dispatcher} ended with ${status}, not ${expected}: no picture of that`)
  }
  return pathToFileURL(join(report, 'index.html')).href
}

/** Opens a page in both colour schemes and takes one picture in each. */
async function shoot(browser, name, url, take) {
  for (const colorScheme of ['light', 'dark']) {
    const context = await browser.newContext({
      colorScheme,
      viewport: { width: 1120, height: 800 },
    })
    const page = await context.newPage()
    await page.goto(url)
    const path = join(pictures, `${name}-${colorScheme}.png`)
    await take(page, path)
    await context.close()
    const { size } = statSync(path)
    if (size > MOST_BYTES)
      throw new Error(`${path} has ${size} bytes, and ${MOST_BYTES} is the most`)
    console.log(`${path}: ${size} bytes`)
  }
}

/** Takes the page from one part to the end of another, with a margin in pixels. */
async function takeParts(page, path, margin, [first, last]) {
  const from = await first.boundingBox()
  const to = await last.boundingBox()
  if (from === null || to === null) throw new Error(`nothing to see for ${path}`)
  // Boxes are measured from the window, and a picture of the full page from its beginning.
  const scrolled = Number(await page.evaluate('window.scrollY'))
  const clip = {
    x: from.x - margin,
    y: from.y + scrolled - margin,
    width: from.width + 2 * margin,
    height: to.y + to.height - from.y + 2 * margin,
  }
  await page.screenshot({ path, clip, fullPage: true })
}

if (executablePath === undefined) {
  throw new Error('There is no Chromium: install one, or name it in HOOKPROOF_CHROMIUM.')
}
mkdirSync(pictures, { recursive: true })
const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : []
const browser = await chromium.launch({ executablePath, args: [...sandbox, '--disable-gpu'] })
try {
  const sound = certify('sound', 'node dist/fixtures/dispatchers/reference/main.js', 0)
  await shoot(browser, 'report', sound, (page, path) =>
    takeParts(page, path, 24, [page.locator('.masthead'), page.locator('.cards')]),
  )
  const miniature = `node dist/fixtures/dispatchers/miniatures/main.js ${MINIATURE}`
  const faulty = certify('faulty', miniature, 1)
  await shoot(browser, 'failure', faulty, async (page, path) => {
    const fold = page.locator('details.scenario', { hasText: SCENARIO })
    await fold.locator('> summary').click()
    await page.mouse.move(0, 0)
    await takeParts(page, path, 6, [fold, fold.locator('.sequence')])
  })
} finally {
  await browser.close()
  rmSync(reports, { recursive: true, force: true })
}
