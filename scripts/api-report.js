// Writes docs/api.md: every declaration that a user of the package can see, from the compiled .d.ts files.
// What it shows is promised; a test fails while it is not what the declarations say.
//
//   node scripts/api-report.js            writes it
//   node scripts/api-report.js --check F  exit status 1, and the first lines that differ, when F is another
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const root = fileURLToPath(new URL('..', import.meta.url))
const REPORT = join(root, 'docs/api.md')
/** Most differing lines that --check shows. */
const SHOWN = 20

/** The entries of the package that have types, and where those are. */
function entries() {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  return Object.entries(manifest.exports).flatMap(([entry, target]) =>
    typeof target === 'object' && target.types !== undefined
      ? [[entry.replace(/^\./, manifest.name), join(root, target.types)]]
      : [],
  )
}

const isOurs = (file) => file.fileName.startsWith(join(root, 'dist'))

/** A declaration as one may print it alone. Comments are the sources'; here only the shape is. */
function printed(declaration) {
  const statement = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration
  const printer = ts.createPrinter({ removeComments: true })
  return printer
    .printNode(ts.EmitHint.Unspecified, statement, statement.getSourceFile())
    .replace(/^export (default )?/, '')
    .replace(/^declare /, '')
}

/** The symbol that an import or a re-export stands for. */
function target(checker, symbol) {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol
}

/** The symbols of ours that a declaration names, in the order in which it does. */
function named(checker, declaration) {
  const found = []
  const visit = (node) => {
    if (ts.isIdentifier(node)) {
      const symbol = checker.getSymbolAtLocation(node)
      if (symbol !== undefined) found.push(target(checker, symbol))
    }
    ts.forEachChild(node, visit)
  }
  visit(declaration)
  return found.filter((symbol) =>
    (symbol.declarations ?? []).some(
      (one) => isOurs(one.getSourceFile()) && isTopLevel(one) && one !== declaration,
    ),
  )
}

function isTopLevel(declaration) {
  const statement = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration
  return statement.parent !== undefined && ts.isSourceFile(statement.parent)
}

/** Everything that some symbols need, with themselves, each once. */
function reachable(checker, symbols) {
  const all = new Set(symbols)
  for (const symbol of all) {
    for (const declaration of symbol.declarations ?? []) {
      for (const other of named(checker, declaration)) all.add(other)
    }
  }
  return all
}

const byName = ([one], [other]) => (one < other ? -1 : 1)

function section(title, named) {
  const blocks = named.toSorted(byName).map(([name, symbol]) => {
    const text = symbol.declarations.map(printed).join('\n')
    return `### ${name}\n\n\`\`\`ts\n${text}\n\`\`\`\n`
  })
  return blocks.length === 0 ? [] : [`## ${title}\n`, ...blocks]
}

function render() {
  const all = entries()
  const missing = all.find(([, file]) => !existsSync(file))
  if (missing !== undefined) {
    throw new Error(`${relative(root, missing[1])} is not there: run \`npm run build\` before.`)
  }
  const program = ts.createProgram(
    all.map(([, file]) => file),
    {
      module: ts.ModuleKind.NodeNext,
      target: ts.ScriptTarget.ES2022,
      types: ['node'],
      noEmit: true,
    },
  )
  const checker = program.getTypeChecker()
  const exported = all.map(([entry, file]) => {
    const module = checker.getSymbolAtLocation(program.getSourceFile(file))
    return [
      entry,
      checker.getExportsOfModule(module).map((one) => [one.name, target(checker, one)]),
    ]
  })
  const own = (symbol) => symbol.declarations.some((one) => isOurs(one.getSourceFile()))
  const roots = new Set(exported.flatMap(([, names]) => names.map(([, symbol]) => symbol)))
  const rest = [...reachable(checker, [...roots].filter(own))].filter((one) => !roots.has(one))
  const passedOn = (names) =>
    names
      .filter(([, symbol]) => !own(symbol))
      .map(([name, symbol]) => {
        const file = symbol.declarations[0].getSourceFile().fileName
        return `Passes on \`${name}\` of \`${packageOf(file)}\`.\n`
      })
  return [
    '# Public interface\n',
    'Written by `npm run api-report` from the compiled declarations; their sources say what each means. Whatever is',
    'not here is no interface, and may change in any version.\n',
    ...exported.flatMap(([entry, names]) => {
      const ours = names.filter(([, symbol]) => own(symbol))
      const [title, ...blocks] = section(`\`${entry}\``, ours)
      return [title, ...passedOn(names), ...blocks]
    }),
    ...section(
      'What these name, without a name to import it by',
      rest.map((one) => [one.name, one]),
    ),
  ].join('\n')
}

/** The package that a file below node_modules is of. */
function packageOf(file) {
  const parts = dirname(file).split('node_modules/').at(-1).split('/')
  return parts[0].startsWith('@') ? `${parts[0]}/${parts[1]}` : parts[0]
}

/** The first lines that differ, `-` as promised and `+` as it is; nothing where none does. */
function differences(promised, actual) {
  const [before, after] = [promised.split('\n'), actual.split('\n')]
  const gone = before.filter((line) => !after.includes(line)).map((line) => `- ${line}`)
  const come = after.filter((line) => !before.includes(line)).map((line) => `+ ${line}`)
  const all = [...gone, ...come]
  return all.length > 0 || promised === actual ? all : ['(the same lines in another order)']
}

const [flag, file] = process.argv.slice(2)
const actual = render()
if (flag === '--check') {
  const different = differences(readFileSync(file ?? REPORT, 'utf8'), actual)
  if (different.length > 0) {
    process.stdout.write(
      `${different.slice(0, SHOWN).join('\n')}\n` +
        'The public interface is not what docs/api.md says. If that is meant: npm run api-report,\n' +
        'and a line in CHANGELOG.md. Whatever is taken away or made narrower breaks somebody.\n',
    )
    process.exitCode = 1
  }
} else {
  writeFileSync(REPORT, actual)
}
