import { expect, test } from '@playwright/test'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileRestartBudget, memoryRestartBudget } from './restart-budget.ts'
import { temporaryFolder } from './test-support.ts'

test('a budget is granted so many times', () => {
  const budget = memoryRestartBudget(2)
  expect([budget.take(), budget.take(), budget.take()]).toEqual(['granted', 'granted', 'exhausted'])
})

test('workers share the budget of a folder', () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'run', 'restarts')
  const [one, other] = [fileRestartBudget(path, 3), fileRestartBudget(path, 3)]
  expect([one.take(), other.take(), one.take(), other.take(), one.take()]).toEqual([
    'granted',
    'granted',
    'granted',
    'exhausted',
    'exhausted',
  ])
})

test('a folder that vanished grants nothing, rather than restarts for ever', () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'run')
  const budget = fileRestartBudget(path, 3)
  rmSync(path, { recursive: true })
  expect(budget.take()).toBe('exhausted')
})
