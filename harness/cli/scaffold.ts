import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { HarnessError } from '../errors.ts'
import { packageRoot } from '../package-root.ts'

/** A language that there is an adapter in. */
export type Language = keyof typeof LANGUAGES

interface Recipe {
  /** File of `templates/<language>/`, and its name in the project. */
  readonly adapter: string
  /** What starts it, for `playwright.config.ts`. */
  readonly dispatcher: string
  /** What has to be run first; null = nothing. */
  readonly build: string | null
  /** What must be installed for it, in words. */
  readonly needs: string
}

/** The languages, and what differs between them. */
export const LANGUAGES = {
  js: {
    adapter: 'adapter.mjs',
    dispatcher: 'node adapter.mjs',
    build: null,
    needs: 'nothing but Node',
  },
  python: {
    adapter: 'adapter.py',
    dispatcher: 'python3 adapter.py',
    build: null,
    needs: 'Python 3.9',
  },
  go: {
    adapter: 'adapter.go',
    dispatcher: './adapter',
    build: 'go build -o adapter adapter.go',
    needs: 'Go 1.19',
  },
  shell: {
    adapter: 'adapter.sh',
    dispatcher: 'bash adapter.sh',
    build: null,
    needs: 'bash, curl and jq',
  },
} as const satisfies Readonly<Record<string, Recipe>>

const FOLDERS: Readonly<Record<Language, string>> = {
  js: 'javascript',
  python: 'python',
  go: 'go',
  shell: 'shell',
}

/** A file of the scaffold. */
export interface PlannedFile {
  /** Relative to the project's folder. */
  readonly path: string
  readonly text: string
  /** `merge`: the text is the present file with something added, so that it may be written over. */
  readonly over: 'nothing' | 'merge'
}

/**
 * The files of a scaffold, none of them written yet. A configuration in TypeScript must be an ES module:
 * a package that says nothing about its modules and has no source in its folder is told to be of that
 * kind; in any other the files end in `.mts` and the package stays as it is.
 *
 * @throws HarnessError `ERR_CONFIG_INVALID` for a package.json that is not a JSON object
 */
export function planScaffold(folder: string, language: Language): readonly PlannedFile[] {
  const recipe: Recipe = LANGUAGES[language]
  const manifest = planManifest(folder)
  const end = manifest.modules === 'esm' ? 'ts' : 'mts'
  const spec = `conformance.spec.${end}`
  const file = (path: string, template: string, values: Readonly<Record<string, string>> = {}) =>
    ({ path, text: filled(template, values), over: 'nothing' }) as const
  return [
    ...manifest.files,
    file(`playwright.config.${end}`, 'project/playwright.config.ts', {
      dispatcher: recipe.dispatcher,
      spec,
    }),
    file(spec, 'project/conformance.spec.ts'),
    file(recipe.adapter, `${FOLDERS[language]}/${recipe.adapter}`),
    // A package of npm cannot hold a file of the name .gitignore.
    file('.gitignore', 'project/gitignore', {
      built: recipe.build === null ? '' : `${recipe.dispatcher.replace('./', '/')}\n`,
    }),
    file('.github/workflows/conformance.yml', 'project/conformance.yml', {
      build: recipe.build === null ? '' : ` && ${recipe.build}`,
    }),
  ]
}

/** Writes one file. `kept`: it was there, and stays as it was. */
export function writePlanned(
  folder: string,
  { path, text, over }: PlannedFile,
  existing: 'keep' | 'replace',
): 'written' | 'changed' | 'replaced' | 'kept' {
  const target = join(folder, path)
  const there = existsSync(target)
  if (there && over === 'nothing' && existing === 'keep') return 'kept'
  mkdirSync(dirname(target), { recursive: true })
  writeFileSync(target, text)
  if (!there) return 'written'
  return over === 'merge' ? 'changed' : 'replaced'
}

function filled(template: string, values: Readonly<Record<string, string>>): string {
  const text = readFileSync(join(packageRoot, 'templates', template), 'utf8')
  // `${{ … }}` of GitHub has spaces inside and is none of ours.
  return text.replace(/\{\{(\w+)\}\}/g, (whole, name: string) => values[name] ?? whole)
}

interface ManifestPlan {
  readonly modules: 'esm' | 'other'
  readonly files: readonly PlannedFile[]
}

function planManifest(folder: string): ManifestPlan {
  const path = join(folder, 'package.json')
  const before = existsSync(path) ? readFileSync(path, 'utf8') : null
  const manifest = before === null ? { private: true } : parseManifest(path, before)
  if ('type' in manifest) {
    return { modules: manifest.type === 'module' ? 'esm' : 'other', files: [] }
  }
  if (readdirSync(folder).some((name) => /\.(js|ts|jsx|tsx)$/.test(name) && !isOurs(name))) {
    return { modules: 'other', files: [] }
  }
  const indent = /^\{\n([ \t]+)/.exec(before ?? '')?.[1] ?? 2
  const text = `${JSON.stringify({ ...manifest, type: 'module' }, null, indent)}\n`
  return { modules: 'esm', files: [{ path: 'package.json', text, over: 'merge' }] }
}

function isOurs(name: string): boolean {
  return name === 'playwright.config.ts' || name === 'conformance.spec.ts'
}

function parseManifest(path: string, text: string): object {
  try {
    const manifest: unknown = JSON.parse(text.replace(/^\uFEFF/, ''))
    if (typeof manifest === 'object' && manifest !== null && !Array.isArray(manifest)) {
      return manifest
    }
  } catch {
    // Told below.
  }
  throw new HarnessError('ERR_CONFIG_INVALID', `${path} is not a JSON object.`, {
    hint: 'Mend it, or run `npm init` in an empty folder.',
  })
}
