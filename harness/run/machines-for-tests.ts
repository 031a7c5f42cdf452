import { spawn } from 'node:child_process'
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../package-root.ts'

/** How a program ended. */
export interface Ended {
  readonly status: number | null
  /** What it wrote, stdout and stderr together. */
  readonly output: string
}

/** Variables of the run that a test is part of, which a run of its own must not inherit. */
const OURS =
  /^(TEST_|PLAYWRIGHT_|PW_|GITHUB_STEP_SUMMARY$|FORCE_COLOR$|DEBUG_COLORS$|HOOKPROOF_(?!BASE_))/

const PLAYWRIGHT = join(packageRoot, 'node_modules/@playwright/test/cli.js')
const TOOL = join(packageRoot, 'dist/harness/cli/main.js')

/** A checkout of a vendor's project with scenarios of its own, as it were on a machine of CI. */
export class Machine {
  readonly folder: string

  /**
   * @param within - A folder of the test's own; the caller removes it.
   * @param dispatcher - As `hookproof({ dispatcher })`.
   */
  constructor(within: string, dispatcher: string) {
    this.folder = mkdtempSync(join(within, 'machine-'))
    mkdirSync(join(this.folder, 'node_modules'))
    symlinkSync(packageRoot, join(this.folder, 'node_modules/hookproof'))
    cpSync(join(packageRoot, 'fixtures/vendor/my-scenarios'), join(this.folder, 'my-scenarios'), {
      recursive: true,
    })
    const options = { dispatcher, scenarios: ['./my-scenarios'] }
    writeFileSync(
      join(this.folder, 'playwright.config.mjs'),
      `import { hookproof } from 'hookproof/playwright'\nexport default hookproof(${JSON.stringify(options)})\n`,
    )
  }

  /** `npx playwright …` */
  playwright(...args: readonly string[]): Promise<Ended> {
    return this.#run([PLAYWRIGHT, ...args])
  }

  /** `npx hookproof …` */
  hookproof(...args: readonly string[]): Promise<Ended> {
    return this.#run([TOOL, ...args])
  }

  /** Copies of these blob reports, in a folder of this machine: merging unpacks them there. */
  download(blobs: readonly string[]): string {
    const folder = mkdtempSync(join(this.folder, 'blobs-'))
    blobs.forEach((blob, index) => {
      copyFileSync(blob, join(folder, `report-${index}.zip`))
    })
    return folder
  }

  async #run(args: readonly string[]): Promise<Ended> {
    const inherited = Object.entries(process.env).filter(([name]) => !OURS.test(name))
    const env = {
      ...Object.fromEntries(inherited),
      HOOKPROOF_ENGINE: 'embedded',
      TMPDIR: this.folder,
      CI: '1',
    }
    const child = spawn(process.execPath, args, { cwd: this.folder, env })
    const heard: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => heard.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => heard.push(chunk))
    const status = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', resolve)
    })
    return { status, output: Buffer.concat(heard).toString() }
  }
}
