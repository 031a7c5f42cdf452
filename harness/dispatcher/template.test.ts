import { expect, test } from '@playwright/test'
import { fillTemplate } from './template.ts'

const VALUES = {
  url: 'https://localhost/a',
  ca: '/f/ca',
  cert: '/f/cert',
  key: null,
  body: '/f/body',
  content_type: 'application/json; charset="utf-8"',
  timeout_s: '2',
  crls: null,
}

test('placeholders are whole arguments or parts of them, and never split', () => {
  const template = [
    'p',
    '{url}',
    '--h=Content-Type: {content_type}',
    '@{body}',
    '{ca}:{ca}',
    '%{url}',
  ]
  expect(fillTemplate(template, VALUES)).toEqual({
    command: [
      'p',
      'https://localhost/a',
      '--h=Content-Type: application/json; charset="utf-8"',
      '@/f/body',
      '/f/ca:/f/ca',
      '%{url}',
    ],
  })
})

test('a group goes as a whole when a placeholder directly in it has no value', () => {
  const pair = [
    ['--cert', '{cert}'],
    ['--key', '{key}'],
  ]
  expect(fillTemplate(['p', pair], VALUES)).toEqual({ command: ['p', '--cert', '/f/cert'] })
  expect(fillTemplate(['p', ['--both', '{cert}', '{key}', ['{url}']]], VALUES)).toEqual({
    command: ['p'],
  })
  expect(fillTemplate(['p', '--key', '{key}'], VALUES)).toEqual({ missing: 'key' })
})

test('a value that looks like a placeholder stays a value', () => {
  expect(fillTemplate(['p', '{url}'], { ...VALUES, url: 'https://h/{ca}' })).toEqual({
    command: ['p', 'https://h/{ca}'],
  })
})
