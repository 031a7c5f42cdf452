import { chromium, test as base, type BrowserContext, type Page } from '@playwright/test'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { sampleReport } from './sample-for-tests.ts'
import { writeReport } from './write.ts'

/** Where a Chromium usually is, after the one that HOOKPROOF_CHROMIUM names. */
const USUAL = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  chromium.executablePath(),
]

/** The Chromium of this machine; null = there is none, and tests that need one are skipped. */
export const CHROMIUM: string | null =
  [process.env['HOOKPROOF_CHROMIUM'] ?? '', ...USUAL].find(
    (path) => path !== '' && existsSync(path),
  ) ?? null

/** Nothing that calls home, and no sandbox where the kernel refuses root one. */
const FLAGS = [
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** The report of the sample in a browser, and everything that it should not have done. */
export interface Opened {
  readonly page: Page
  readonly context: BrowserContext
  /** Dialogs, requests but the one for the page, errors on the console: each in words. */
  readonly mischief: readonly string[]
  /** Opens another file of the report. */
  readonly open: (name: string) => Promise<void>
}

/** How a reader looks at it. */
export interface Viewing {
  readonly scheme: 'light' | 'dark'
  readonly script: 'on' | 'off'
  readonly width: number
}

/** Playwright's `test` with a browser of the machine, opened at the sample report. */
export const test = base.extend<
  { viewing: Viewing; opened: Opened },
  { folder: string; chrome: Awaited<ReturnType<typeof chromium.launch>> }
>({
  viewing: [{ scheme: 'light', script: 'on', width: 1280 }, { option: true }],
  folder: [
    async ({}, use) => {
      const folder = mkdtempSync(join(tmpdir(), 'hookproof-browser-'))
      writeReport(sampleReport(), folder)
      await use(folder)
      rmSync(folder, { recursive: true, force: true })
    },
    { scope: 'worker' },
  ],
  chrome: [
    async ({}, use) => {
      if (CHROMIUM === null) throw new Error('no Chromium: skip the test before it asks for one')
      const chrome = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS })
      await use(chrome)
      await chrome.close()
    },
    { scope: 'worker' },
  ],
  opened: async ({ chrome, folder, viewing }, use) => {
    const context = await chrome.newContext({
      colorScheme: viewing.scheme,
      javaScriptEnabled: viewing.script === 'on',
      viewport: { width: viewing.width, height: 900 },
    })
    const page = await context.newPage()
    const mischief: string[] = []
    const own = pathToFileURL(folder).href
    page.on('dialog', (dialog) => {
      mischief.push(`dialog: ${dialog.message()}`)
      void dialog.dismiss()
    })
    context.on('request', (request) => {
      if (!request.url().startsWith(`${own}/`)) mischief.push(`request: ${request.url()}`)
    })
    page.on('console', (message) => {
      if (message.type() === 'error') mischief.push(`console: ${message.text()}`)
    })
    page.on('pageerror', (error) => mischief.push(`error: ${error.message}`))
    const open = async (name: string): Promise<void> => {
      await page.goto(`${own}/${name}`)
    }
    await open('index.html')
    await use({ page, context, mischief, open })
    await context.close()
  },
})
