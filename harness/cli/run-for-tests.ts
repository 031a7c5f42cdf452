import { spawn } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packageRoot } from '../package-root.ts'

const PROGRAM = join(packageRoot, 'dist/harness/cli/main.js')

/** How a run of the tool ended. */
export interface Ended {
  readonly status: number | null
  /** What it wrote, stdout and stderr together. */
  readonly output: string
  /** Its working directory, made for it. */
  readonly folder: string
}

/** Variables of the run that this test is part of, which a run of its own must not inherit. */
export const OURS =
  /^(TEST_|PLAYWRIGHT_|PW_|GITHUB_STEP_SUMMARY$|FORCE_COLOR$|DEBUG_COLORS$|HOOKPROOF_(SETTINGS|RUN_FOLDER))/

/** Runs the real tool in an empty folder; `during` sees the child while it runs. */
export async function hookproof(
  args: readonly string[],
  options: {
    readonly files?: Readonly<Record<string, string>>
    readonly env?: Readonly<Record<string, string>>
    readonly during?: (output: string, interrupt: () => void) => void
  } = {},
): Promise<Ended> {
  const folder = mkdtempSync(join(tmpdir(), 'hookproof-e2e-'))
  for (const [name, text] of Object.entries(options.files ?? {})) {
    writeFileSync(join(folder, name), text)
  }
  const inherited = Object.entries(process.env).filter(([name]) => !OURS.test(name))
  const env = {
    ...Object.fromEntries(inherited),
    HOOKPROOF_ENGINE: 'embedded',
    CI: '1',
    TMPDIR: folder,
    ...options.env,
  }
  const child = spawn(process.execPath, [PROGRAM, ...args], { cwd: folder, env })
  let output = ''
  const hear = (chunk: Buffer): void => {
    output += chunk.toString()
    options.during?.(output, () => child.kill('SIGTERM'))
  }
  child.stdout.on('data', hear)
  child.stderr.on('data', hear)
  const status = await new Promise<number | null>((resolve) => child.once('close', resolve))
  return { status, output, folder }
}
