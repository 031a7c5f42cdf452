import { expect, test } from '@playwright/test'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { memoryRestartBudget } from './restart-budget.ts'
import { startAdapter } from './start.ts'
import { adapterSource, start, temporaryFolder } from './test-support.ts'

test.describe('an adapter that does not get as far as hello', () => {
  const CASES: readonly (readonly [title: string, source: string, code: string, says: RegExp])[] = [
    [
      'exits',
      "console.error('Error: Cannot find module acme'); process.exit(1)",
      'ERR_DISPATCHER_NOT_STARTED',
      /status 1.*Cannot find module acme/,
    ],
    ['says nothing', 'setInterval(() => {}, 1000)', 'ERR_ADAPTER_TIMEOUT', /hello within 300 ms/],
    [
      'prints a banner',
      adapterSource({}, "write('Acme 1.0 ready\\n')"),
      'ERR_ADAPTER_PROTOCOL',
      /not JSON: Acme 1.0 ready/,
    ],
    [
      'speaks another version',
      adapterSource({ hello: 'return { ...honest.hello(), protocol: 2 }' }),
      'ERR_ADAPTER_PROTOCOL',
      /protocol is 2; allowed: 1/,
    ],
    [
      'declares an unknown capability',
      adapterSource({ hello: "return { ...honest.hello(), capabilities: ['pin-spki'] }" }),
      'ERR_ADAPTER_PROTOCOL',
      /capabilities\[0\] is "pin-spki"; allowed: .*pin\.spki/,
    ],
    [
      'grows a field',
      adapterSource({
        hello:
          "return { ...honest.hello(), dispatcher: { name: 'a', version: '1', color: 'red' } }",
      }),
      'ERR_ADAPTER_PROTOCOL',
      /dispatcher\.color is not known; allowed: name, version, vendor, url/,
    ],
    [
      'has a wrong clock',
      adapterSource({
        hello: 'return { ...honest.hello(), now: new Date(Date.now() - 60_000).toISOString() }',
      }),
      'ERR_CLOCK_SKEW',
      /(59|60)\.\d s behind/,
    ],
  ]
  for (const [title, source, code, says] of CASES) {
    test(title, async () => {
      using folder = temporaryFolder()
      const hello = title === 'says nothing' ? 300 : 2_000
      const error: unknown = await start(folder.path, source, { deadlines: { hello } }).catch(
        (thrown: unknown) => thrown,
      )
      expect(error).toMatchObject({ code, message: expect.stringMatching(says) })
      expect(error).toHaveProperty('hint')
    })
  }
})

test('a program that does not exist is found before anything runs', async () => {
  using folder = temporaryFolder()
  const options = { env: {}, restarts: memoryRestartBudget(0), cwd: folder.path }
  const description = { carrier: 'stdio', env: {}, folder: null } as const
  for (const program of ['no-such-program-of-ours', './no-such-file.js']) {
    await expect(
      startAdapter({ ...description, command: [program] }, options),
    ).rejects.toMatchObject({ code: 'ERR_DISPATCHER_NOT_STARTED' })
  }
  const plain = join(folder.path, 'not-executable')
  writeFileSync(plain, 'text', { mode: 0o644 })
  await expect(startAdapter({ ...description, command: [plain] }, options)).rejects.toMatchObject({
    code: 'ERR_DISPATCHER_NOT_STARTED',
  })
})
