import { expect, test } from '@playwright/test'
import { spawnSync } from 'node:child_process'
import { privateFile, privateFolder, tarOf } from './tar.ts'

test('tar reads what was written: owners, modes and contents', () => {
  const archive = tarOf([
    privateFolder('20001', 101),
    privateFile('20001/chain.pem', 'x'.repeat(513), 101),
    privateFile('empty', '', 99),
  ])
  const listed = spawnSync('tar', ['--list', '--verbose', '--numeric-owner'], { input: archive })
  expect(listed.status).toBe(0)
  const lines = listed.stdout.toString().trim().split('\n')
  expect(lines[0]).toMatch(/^drwx------ 101\/101 .* 20001\/$/)
  expect(lines[1]).toMatch(/^-rw------- 101\/101 +513 .* 20001\/chain\.pem$/)
  expect(lines[2]).toMatch(/^-rw------- 99\/99 +0 .* empty$/)
  const content = spawnSync('tar', ['--extract', '--to-stdout', '20001/chain.pem'], {
    input: archive,
  })
  expect(content.stdout.toString()).toBe('x'.repeat(513))
})

test('a path that does not fit is refused', () => {
  expect(() => tarOf([privateFile('x'.repeat(101), '', 0)])).toThrow(RangeError)
})
