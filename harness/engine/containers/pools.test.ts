import { expect, test } from '@playwright/test'
import { HaproxyPool } from './haproxy-pool.ts'
import type { NginxShape } from './nginx-config.ts'
import { NginxPool } from './nginx-pool.ts'
import { Ports } from './ports.ts'

const shape = (name: string): NginxShape => ({
  speaks: 'tls',
  lines: [`# ${name}`],
  files: new Map([[`${name}.pem`, `anchors of ${name}`]]),
})
const certificate = (name: string) => ({ chain: `chain ${name}`, key: `key ${name}` })
const poolOf = (count = 200) => new NginxPool(new Ports({ first: 20_000, count }))

test.describe('servers of nginx', () => {
  test('a new shape needs a configuration and its anchors, and only once', () => {
    const pool = poolOf()
    const port = pool.take(shape('one'), certificate('a'))
    const first = pool.work()
    expect(first.configuration).toBe('new')
    expect([...first.files.keys()]).toEqual([
      'anchors/one.pem',
      `${port}/chain.pem`,
      `${port}/chain.pem.key`,
    ])
    pool.free(port)
    expect(pool.take(shape('one'), certificate('a'))).toBe(port)
    expect(pool.work()).toEqual({ files: new Map(), configuration: 'same' })
  })

  test('another certificate is written, and needs no reload', () => {
    const pool = poolOf()
    const port = pool.take(shape('one'), certificate('a'))
    pool.work()
    const other = pool.take(shape('one'), certificate('b'))
    expect(other).not.toBe(port)
    const work = pool.work()
    expect(work.configuration).toBe('same')
    expect(work.files.get(`${other}/chain.pem`)).toBe('chain b')
  })

  test('the port that has the certificate already is taken first', () => {
    const pool = poolOf()
    const [one, other] = [
      pool.take(shape('one'), certificate('a')),
      pool.take(shape('one'), certificate('b')),
    ]
    pool.free(one)
    pool.free(other)
    pool.work()
    expect(pool.take(shape('one'), certificate('b'))).toBe(other)
    expect(pool.work().files.size).toBe(0)
  })

  test('a shape whose ports are all taken gets more', () => {
    const pool = poolOf()
    const ports = [1, 2, 3].map(() => pool.take(shape('one'), null))
    expect(new Set(ports).size).toBe(3)
    expect(pool.render().match(/listen/g)).toHaveLength(4)
  })

  test('shapes that were not used for long make room, and those in use do not', () => {
    const pool = poolOf(6)
    const kept = pool.take(shape('kept'), null)
    for (const name of ['two', 'three', 'four', 'five']) pool.free(pool.take(shape(name), null))
    expect(pool.render()).toContain('# kept')
    expect(pool.render()).toContain('# five')
    expect(pool.render()).not.toContain('# two')
    expect(pool.render()).toContain(`127.0.0.1:${kept} `)
  })

  test('a scenario that needs more than there is says so', () => {
    const pool = poolOf(2)
    pool.take(shape('one'), null)
    expect(() => pool.take(shape('two'), null)).toThrow('more slots than a worker has')
  })

  test('after a failure nothing is taken for written', () => {
    const pool = poolOf()
    pool.take(shape('one'), certificate('a'))
    pool.work()
    pool.forget()
    expect(pool.render()).toBe('')
    pool.take(shape('one'), certificate('a'))
    expect(pool.work().files.size).toBe(3)
  })
})

test.describe('slots of HAProxy', () => {
  const slot = (number: number, name = 'x') => ({
    text: `frontend slot-${number} ${name}\n`,
    files: new Map([['chain.pem', name]]),
  })

  test('one that is free serves the next scenario like it', () => {
    const pool = new HaproxyPool()
    expect(pool.find(slot(65_535), 65_535)).toBeNull()
    pool.add(slot(20_001), 20_001)
    expect(pool.work()).toMatchObject({ configuration: 'new' })
    expect(pool.find(slot(65_535), 65_535)).toBeNull()
    pool.free(20_001)
    expect(pool.find(slot(65_535), 65_535)).toBe(20_001)
    expect(pool.find(slot(65_535, 'other'), 65_535)).toBeNull()
    expect(pool.work()).toEqual({ files: new Map(), configuration: 'same' })
  })

  test('twins that are both in use keep both their places', () => {
    const pool = new HaproxyPool()
    pool.add(slot(20_001), 20_001)
    pool.add(slot(20_002), 20_002)
    expect(pool.render()).toContain('slot-20001')
    expect(pool.render()).toContain('slot-20002')
  })

  test('slots that were not used for long make room', () => {
    const pool = new HaproxyPool()
    const gone: number[] = []
    for (let number = 20_000; number < 20_060; number++) {
      gone.push(...pool.add(slot(number, `certificate ${number - 10_000}`), number))
      pool.free(number)
    }
    expect(gone.length).toBeGreaterThan(30)
    expect(pool.render()).not.toContain('slot-20000')
    expect(pool.render()).toContain('slot-20059')
  })
})
