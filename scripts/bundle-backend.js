// Makes the folder that the backend's image is built from: the server in one file that needs no
// node_modules, the Dockerfile, and the licences of what is in the file.
// usage: node scripts/bundle-backend.js [FOLDER]      default: dist/backend
import { build } from 'esbuild'
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Bundles into a folder. Rejects when something cannot be resolved. */
export async function bundleBackend(folder) {
  mkdirSync(folder, { recursive: true })
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: ['harness/engine/backend/server.ts'],
    outfile: join(folder, 'server.mjs'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    metafile: true,
    logLevel: 'warning',
    // Of what is bundled, fastify and its plugins are CommonJS and ask for Node's own modules.
    banner: {
      js: "import { createRequire as hookproofRequire } from 'node:module'\nconst require = hookproofRequire(import.meta.url)",
    },
  })
  copyFileSync(join(root, 'backend/Dockerfile'), join(folder, 'Dockerfile'))
  writeFileSync(join(folder, 'THIRD-PARTY-LICENSES.txt'), licencesOf(Object.keys(metafile.inputs)))
}

/** The licences of every package that one of these files is of. */
function licencesOf(inputs) {
  const packages = new Set(
    inputs.flatMap((input) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1] ?? []),
  )
  const texts = [...packages].sort().map((path) => {
    const { name, version, license } = JSON.parse(
      readFileSync(join(root, path, 'package.json'), 'utf8'),
    )
    const file = readdirSync(join(root, path)).find((entry) => /^licen[cs]e/i.test(entry))
    const text = file === undefined ? '' : readFileSync(join(root, path, file), 'utf8')
    return `${name} ${version} (${license})\n\n${text.trim()}\n`
  })
  return texts.join(`\n${'-'.repeat(72)}\n\n`)
}

if (process.argv[1] !== undefined && fileURLToPath(import.meta.url) === process.argv[1]) {
  await bundleBackend(process.argv[2] ?? join(root, 'dist/backend'))
}
