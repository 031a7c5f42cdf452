import { expect, test } from '@playwright/test'
import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { claimNumbers } from './claim.ts'
import { ReloadLock } from './reload-lock.ts'

function emptyFolder(): string {
  const folder = test.info().outputPath('lock')
  mkdirSync(folder, { recursive: true })
  return folder
}

/** The number of a process that has ended. */
function deadPid(): string {
  return String(spawnSync(process.execPath, ['-e', '']).pid)
}

test('what is done alone is done one after the other', async () => {
  const folder = emptyFolder()
  const events: string[] = []
  const work = (name: string) =>
    new ReloadLock(folder).alone(async () => {
      events.push(`${name} begins`)
      await new Promise((resolve) => setTimeout(resolve, 20))
      events.push(`${name} ends`)
    })
  await Promise.all([work('one'), work('two')])
  expect(events.map((event) => event.split(' ')[1])).toEqual(['begins', 'ends', 'begins', 'ends'])
  expect(events[0]?.split(' ')[0]).toBe(events[1]?.split(' ')[0])
})

test('a reload waits for scenarios that must not be disturbed', async () => {
  const folder = emptyFolder()
  const lock = new ReloadLock(folder)
  const quiet = await lock.quiet(0)
  const events: string[] = []
  await lock.alone(() => Promise.resolve(events.push('own reload')))
  const reload = new ReloadLock(folder).alone(() => Promise.resolve(events.push('reload')))
  await new Promise((resolve) => setTimeout(resolve, 50))
  events.push('quiet ends')
  quiet[Symbol.dispose]()
  await reload
  expect(events).toEqual(['own reload', 'quiet ends', 'reload'])
})

test('quiet begins when the last reload is quite over', async () => {
  const lock = new ReloadLock(emptyFolder())
  lock.reloaded()
  const began = performance.now()
  const quiet = await lock.quiet(200)
  expect(performance.now() - began).toBeGreaterThan(100)
  quiet[Symbol.dispose]()
})

test('what dead processes left behind does not count', async () => {
  const folder = emptyFolder()
  const pid = deadPid()
  for (const name of ['reload.lock', 'quiet-1-x', 'claim-0']) writeFileSync(join(folder, name), pid)
  const claim = await claimNumbers(folder, new ReloadLock(folder))
  expect(claim).toMatchObject({ index: 0, abandoned: [] })
  const files = readdirSync(folder).filter((name) => name !== 'latest-claim')
  expect(files).toEqual(['claim-0'])
})

test('workers have different numbers', async () => {
  const folder = emptyFolder()
  const lock = new ReloadLock(folder)
  const one = await claimNumbers(folder, lock)
  const other = await claimNumbers(folder, lock)
  expect(other.slots.first).toBe(one.slots.first + one.slots.count)
  expect(other.connections.first).toBe(one.connections.first + one.connections.count)
})

test('the numbers of a worker that ended are claimed last, and its slots are somebody’s to take out', async () => {
  const folder = emptyFolder()
  const lock = new ReloadLock(folder)
  const first = await claimNumbers(folder, lock)
  first[Symbol.dispose]()
  writeFileSync(join(folder, 'claim-1'), deadPid())
  const heir = await claimNumbers(folder, lock)
  expect(heir.index).not.toBe(first.index)
  expect(heir.abandoned.toSorted()).toEqual([0, 1].filter((index) => index !== heir.index))
  const indexes = new Set([heir.index])
  let next = await claimNumbers(folder, lock)
  expect(next.abandoned).toEqual([])
  for (; next.index !== first.index; next = await claimNumbers(folder, lock)) {
    indexes.add(next.index)
    next[Symbol.dispose]()
  }
  expect(indexes.size).toBe(39)
  await expect(
    (async () => {
      for (let count = 0; count < 40; count++) await claimNumbers(folder, lock)
    })(),
  ).rejects.toThrow('More than 40 workers share one run.')
})
