import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { HarnessError } from '../errors.ts'
import { readCached, writeCached } from './cache.ts'
import { parseTopic, type TopicFile } from './parse.ts'
import { scenarioInvalid, suggestion, type LocatedProblem } from './problems.ts'
import type { Scenario } from './types.ts'

/** All scenarios of some folders. */
export interface Corpus {
  /** Controls included, in the order of folders, file names and files. */
  readonly scenarios: readonly Scenario[]
  /** `sha256:` and the digest over the files' names and contents, whatever their line endings. */
  readonly digest: string
  readonly byId: ReadonlyMap<string, Scenario>
  /** The scenario with that id, or that once had it. @throws HarnessError `ERR_SCENARIO_NOT_FOUND` */
  readonly resolve: (id: string) => Scenario
}

/**
 * Loads every `*.yaml` file of the folders, not of folders within them.
 *
 * @param cacheFolder a private folder that lives as long as the run. The first of its processes
 *   leaves the parsed corpus there for the others, since parsing is what takes the time. Default: none.
 * @throws HarnessError `ERR_SCENARIO_INVALID` with every problem of every file;
 *   `ERR_SCENARIO_NOT_FOUND` when a folder cannot be read or holds no topic file
 */
export function loadScenarios(folders: readonly string[], cacheFolder?: string): Corpus {
  const files = folders.flatMap(readFolder)
  const digest = digestOf(files)
  const cached = cacheFolder === undefined ? null : readCached(cacheFolder, files)
  if (cached !== null) return corpusOf(cached, digest)
  const scenarios = parseFiles(files)
  if (cacheFolder !== undefined) writeCached(cacheFolder, files, scenarios)
  return corpusOf(scenarios, digest)
}

function parseFiles(files: readonly TopicFile[]): readonly Scenario[] {
  const problems: LocatedProblem[] = []
  const scenarios: Scenario[] = []
  for (const file of files) {
    const parsed = parseTopic(file)
    problems.push(...parsed.problems)
    scenarios.push(...parsed.scenarios)
  }
  problems.push(...collisions(scenarios))
  if (problems.length > 0) throw scenarioInvalid(problems)
  return scenarios
}

function readFolder(folder: string): readonly TopicFile[] {
  const names = listFolder(folder)
  if (names.length === 0) {
    throw new HarnessError('ERR_SCENARIO_NOT_FOUND', `no *.yaml file in ${folder}`, {
      hint: 'Name a folder of topic files; those that come with hookproof are in scenarios/.',
    })
  }
  return names.map((name) => {
    const path = join(folder, name)
    const text = readFileSync(path, 'utf8')
      .replace(/^\uFEFF/, '')
      .replaceAll('\r\n', '\n')
    // Relative to the working directory, so that a terminal can open it.
    return { topicId: name.slice(0, -'.yaml'.length), file: relative('.', path), text }
  })
}

function listFolder(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.yaml'))
      .toSorted()
  } catch (cause) {
    throw new HarnessError('ERR_SCENARIO_NOT_FOUND', `cannot read the scenario folder ${folder}`, {
      hint: 'Does it exist, and may you read it?',
      cause,
    })
  }
}

/** Ids and aliases share one name space, over all files. */
function collisions(scenarios: readonly Scenario[]): readonly LocatedProblem[] {
  const taken = new Map<string, Scenario>()
  const problems: LocatedProblem[] = []
  const claim = (id: string, scenario: Scenario, word: string): void => {
    const owner = taken.get(id)
    if (owner === undefined) {
      taken.set(id, scenario)
      return
    }
    const { file, line } = scenario
    const says = `the ${word} "${id}" is taken by ${owner.file}:${owner.line}`
    problems.push({ file, line, path: [], says })
  }
  for (const scenario of scenarios) claim(scenario.id, scenario, 'id')
  for (const scenario of scenarios) {
    for (const alias of scenario.aliases) claim(alias, scenario, 'alias')
  }
  return problems
}

function digestOf(files: readonly TopicFile[]): string {
  const hash = createHash('sha256')
  for (const { topicId, text } of files) {
    // Lengths keep the end of one file and the start of the next apart.
    hash.update(`${topicId}\0${Buffer.byteLength(text)}\0${text}`)
  }
  return `sha256:${hash.digest('hex')}`
}

function corpusOf(scenarios: readonly Scenario[], digest: string): Corpus {
  const byId = new Map(scenarios.map((scenario) => [scenario.id, scenario]))
  const aliases = new Map(
    scenarios.flatMap((scenario) => scenario.aliases.map((alias) => [alias, scenario] as const)),
  )
  const resolve = (id: string): Scenario => {
    const found = byId.get(id) ?? aliases.get(id)
    if (found !== undefined) return found
    throw new HarnessError(
      'ERR_SCENARIO_NOT_FOUND',
      `no scenario is called "${id}"${suggestion(id, [...byId.keys(), ...aliases.keys()])}`,
      { hint: '`npx hookproof list` shows every id.' },
    )
  }
  return { scenarios, digest, byId, resolve }
}
