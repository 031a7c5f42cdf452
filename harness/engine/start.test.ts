import { expect, test } from '@playwright/test'
import { mkdirSync } from 'node:fs'
import { startGround } from './start.ts'

/** Runs something with other variables in the environment. */
async function withEnvironment<T>(
  variables: Readonly<Record<string, string>>,
  work: () => Promise<T>,
): Promise<T> {
  const before = Object.keys(variables).map((name) => [name, process.env[name]] as const)
  Object.assign(process.env, variables)
  try {
    return await work()
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) Reflect.deleteProperty(process.env, name)
      else process.env[name] = value
    }
  }
}

function run() {
  const folder = test.info().outputPath('run')
  mkdirSync(folder, { recursive: true })
  return { id: `test-${process.pid}`, folder }
}

const NOWHERE = { DOCKER_HOST: 'tcp://127.0.0.1:1' }

test('auto takes the embedded engine where no Docker engine answers, and says why', async () => {
  await using ground = await withEnvironment(NOWHERE, () => startGround('auto', run()))
  expect(ground.engine).toBe('embedded')
  expect(ground.because).toMatch(/no Docker engine answers .*ECONNREFUSED/)
})

test('containers that were asked for and cannot be had are an error with a way out', async () => {
  const started = withEnvironment(NOWHERE, () => startGround('containers', run()))
  await expect(started).rejects.toMatchObject({
    code: 'ERR_ENGINE_UNAVAILABLE',
    message: expect.stringMatching(/needs a Docker engine, and none answers: .*ECONNREFUSED/),
    hint: expect.stringContaining('HOOKPROOF_ENGINE=embedded'),
  })
})

test('the embedded engine needs no Docker engine', async () => {
  await using ground = await withEnvironment(NOWHERE, () => startGround('embedded', run()))
  expect(ground).toMatchObject({ engine: 'embedded', because: 'it was asked for' })
})
