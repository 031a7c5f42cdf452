import { expect, test } from '@playwright/test'
import type { LogLine } from './docker.ts'
import { LogLines } from './log-lines.ts'

function message(stream: 1 | 2, text: string): Buffer {
  const header = Buffer.alloc(8)
  header.writeUInt8(stream, 0)
  header.writeUInt32BE(Buffer.byteLength(text), 4)
  return Buffer.concat([header, Buffer.from(text)])
}

function read(bytes: Buffer, portion: number): readonly LogLine[] {
  const lines: LogLine[] = []
  const reader = new LogLines((line) => lines.push(line))
  for (let offset = 0; offset < bytes.length; offset += portion) {
    reader.push(bytes.subarray(offset, offset + portion))
  }
  return lines
}

const AT = '2026-11-22T13:10:30'

test('reads lines of both streams with the time at which each was written', () => {
  const bytes = Buffer.concat([
    message(2, `${AT}.123456789Z first\n`),
    message(1, `${AT}.5Z second\n`),
    message(2, `${AT}Z \n`),
  ])
  const began = Date.parse(`${AT}Z`)
  for (const portion of [1, 7, bytes.length]) {
    const lines = read(bytes, portion)
    expect(lines.map(({ text }) => text)).toEqual(['first', 'second', ''])
    expect(lines.map(({ at }) => Math.round((at - began) * 1000) / 1000)).toEqual([123.457, 500, 0])
  }
})

test('a long line that came in several messages is one line, whatever the other stream says between', () => {
  const half = 'x'.repeat(16_384)
  const bytes = Buffer.concat([
    message(1, `${AT}.1Z ${half}`),
    message(2, `${AT}.2Z between\n`),
    message(1, `${AT}.3Z end\n`),
  ])
  expect(read(bytes, 1000).map(({ text }) => text)).toEqual(['between', `${half}end`])
})

test('a line without an end is let go at some length', () => {
  const bytes = Buffer.concat(
    Array.from({ length: 40 }, () => message(1, `${AT}Z ${'x'.repeat(16_384)}`)),
  )
  expect(read(bytes, bytes.length).length).toBeGreaterThanOrEqual(2)
})
