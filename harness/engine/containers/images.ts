import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { HarnessError } from '../../errors.ts'
import { packageRoot } from '../../package-root.ts'
import type { Docker } from './docker.ts'

/** An image that is built from a Dockerfile of ours. */
export interface ImageRecipe {
  readonly name: 'nginx' | 'haproxy' | 'backend'
  /** Absolute path of the build context, with the Dockerfile in it. */
  readonly context: string
  /** Build argument BASE; null = the Dockerfile's own, a public image. */
  readonly base: string | null
  /** The local stand-in that scripts/offline-base-images makes. */
  readonly standIn: string
}

type Environment = Readonly<Record<string, string | undefined>>

/** The recipes, with the bases that the environment names. */
export function imageRecipes(env: Environment): readonly ImageRecipe[] {
  const recipe = (name: ImageRecipe['name'], context: string, of: string): ImageRecipe => ({
    name,
    context: join(packageRoot, context),
    base: env[`HOOKPROOF_BASE_${of.toUpperCase()}`] || null,
    standIn: `hookproof-base-${of}`,
  })
  return [
    recipe('nginx', 'nginx', 'nginx'),
    recipe('haproxy', 'haproxy', 'haproxy'),
    recipe('backend', 'dist/backend', 'node'),
  ]
}

/** The image's name: `hookproof-nginx:` and a hash of everything that goes into it. */
export function imageName({ name, context, base }: ImageRecipe, baseId: string): string {
  const hash = createHash('sha256').update(`${base ?? ''}\0${baseId}`)
  const files = readdirSync(context, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted()
  for (const file of files) {
    hash.update(`\0${relative(context, file)}\0`).update(readFileSync(file))
  }
  return `hookproof-${name}:${hash.digest('hex').slice(0, 16)}`
}

/**
 * Gives the name of the image, and builds it when there is none of that name. testcontainers does not
 * notice a build that fails where the name exists, hence a new name for every change.
 *
 * @throws HarnessError `ERR_ENGINE_UNAVAILABLE` when it cannot be built
 */
export async function ensureImage(docker: Docker, recipe: ImageRecipe): Promise<string> {
  // A stand-in that was made anew has the same name and another id.
  const baseId = recipe.base === null ? '' : await docker.imageId(recipe.base)
  const name = imageName(recipe, baseId ?? '')
  if ((await docker.imageId(name)) !== null) return name
  try {
    const { GenericContainer } = await import('testcontainers')
    await GenericContainer.fromDockerfile(recipe.context)
      .withBuildArgs(recipe.base === null ? {} : { BASE: recipe.base })
      .build(name, { deleteOnExit: false })
    return name
  } catch (cause) {
    throw await cannotBuild(docker, recipe, cause)
  }
}

/** The base that a Dockerfile names itself. */
function publicBaseOf(context: string): string {
  const dockerfile = readFileSync(join(context, 'Dockerfile'), 'utf8')
  return /^ARG BASE=(\S+)$/m.exec(dockerfile)?.[1] ?? 'its base image'
}

async function cannotBuild(
  docker: Docker,
  { name, context, base, standIn }: ImageRecipe,
  cause: unknown,
): Promise<HarnessError> {
  const from = base ?? publicBaseOf(context)
  // testcontainers says no more than that it failed. Nearly always it is the base that cannot be had.
  const isBaseThere = (await docker.imageId(from)) !== null
  const reason = isBaseThere
    ? messageOf(cause)
    : await docker.pull(from).then(() => 'it can now', messageOf)
  const variable = `HOOKPROOF_BASE_${standIn.split('-').at(-1)?.toUpperCase() ?? ''}`
  const isThere = base !== standIn && (await docker.imageId(standIn)) !== null
  return new HarnessError(
    'ERR_ENGINE_UNAVAILABLE',
    `The image of the container ${name} could not be built from ${from}: ${reason}.`,
    {
      hint: isThere
        ? `Without an image registry, set ${variable}=${standIn}, which is on this machine.`
        : 'Let the Docker engine reach its image registry, or run scripts/offline-base-images (docs/offline.md).',
      cause,
    },
  )
}

const messageOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replace(/\.$/, '')
