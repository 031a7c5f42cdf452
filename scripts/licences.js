// Writes docs/licences.md: the licence of every package that an installation of hookproof brings along.
// With --check it writes nothing, and ends with 1 where the file is not what it would write.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const document = join(root, 'docs/licences.md')
const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))

/** A lock file of npm copies the licence from the registry, but not always. */
function licenceOf(path, locked) {
  if (locked.license !== undefined) return locked.license
  try {
    const manifest = JSON.parse(readFileSync(join(root, path, 'package.json'), 'utf8'))
    const { license, licenses } = manifest
    return license ?? licenses?.map(({ type }) => type).join(' OR ') ?? 'none stated'
  } catch {
    return 'none stated'
  }
}

const rows = new Map()
for (const [path, locked] of Object.entries(packages)) {
  if (path === '' || locked.dev === true || locked.devOptional === true) continue
  const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
  rows.set(`${name} ${locked.version}`, { name, ...locked, licence: licenceOf(path, locked) })
}

const listed = [...rows.values()].sort(
  (one, other) =>
    one.name.localeCompare(other.name, 'en') || one.version.localeCompare(other.version, 'en'),
)
const amounts = new Map()
for (const { licence } of listed) amounts.set(licence, (amounts.get(licence) ?? 0) + 1)
const summary = [...amounts].sort(([, one], [, other]) => other - one)

const text = `# Licences

hookproof is licensed under Apache-2.0. This is what \`npm install hookproof\` brings along, as locked in this repository; Playwright, a peer, is Apache-2.0.
What the containers run is bundled into one file, with its licences beside it: \`dist/backend/THIRD-PARTY-LICENSES.txt\`.

Made by \`npm run licences\`; a test fails when it is out of date.

${summary.map(([licence, amount]) => `- ${licence}: ${amount}`).join('\n')}

| package | version | licence |
|---|---|---|
${listed.map(({ name, version, licence }) => `| ${name} | ${version} | ${licence} |`).join('\n')}
`

if (process.argv.includes('--check')) {
  if (readFileSync(document, 'utf8') !== text) {
    console.error('docs/licences.md is out of date: run `npm run licences`.')
    process.exitCode = 1
  }
} else {
  writeFileSync(document, text)
}
