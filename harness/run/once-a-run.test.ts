import { expect, test } from '@playwright/test'
import { mkdirSync } from 'node:fs'
import { firstInRun } from './once-a-run.ts'

test('one worker of a run is the first, and where nobody can tell each is', ({}, info) => {
  const folder = info.outputPath('run')
  mkdirSync(folder)
  const run = { folder, id: 'r', now: new Date() }
  expect([firstInRun(run, 'a'), firstInRun(run, 'b')]).toEqual(['first', 'first'])
  expect([firstInRun(run, 'a'), firstInRun(run, 'a')]).toEqual(['again', 'again'])
  const nowhere = { ...run, folder: info.outputPath('nowhere') }
  expect([firstInRun(nowhere, 'a'), firstInRun(nowhere, 'a')]).toEqual(['first', 'first'])
})
