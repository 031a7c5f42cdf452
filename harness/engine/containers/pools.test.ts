import { expect, test } from '@playwright/test'
import { HaproxyPool } from './haproxy-pool.ts'
import type { NginxShape } from './nginx-config.ts'
import { NginxPool } from './nginx-pool.ts'
import { Ports } from './ports.ts'

const shape = (name: string): NginxShape => ({
  speaks: 'tls',
  entrance: 'published',
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

  test('what could not be done is undone, and what others have stays theirs', () => {
    const ports = new Ports({ first: 20_000, count: 200 })
    const pool = new NginxPool(ports)
    const kept = pool.take(shape('one'), certificate('a'))
    pool.work()
    pool.done()
    const before = ports.left
    const spoilt = pool.take(shape('spoilt'), certificate('b'))
    const twin = pool.take(shape('one'), certificate('b'))
    pool.work()
    pool.undo()
    expect(ports.left).toBe(before)
    expect(pool.render()).toContain(`127.0.0.1:${kept} `)
    expect(pool.render()).not.toContain(`127.0.0.1:${spoilt} `)
    // Its own server comes again, and no one else's: the certificate at the twin has to be written again.
    expect(pool.take(shape('one'), certificate('b'))).toBe(twin)
    const work = pool.work()
    expect(work.configuration).toBe('new')
    expect([...work.files.keys()]).toEqual([`${twin}/chain.pem`, `${twin}/chain.pem.key`])
    // Nor is the port of the first given to anybody else, whose scenario is still on.
    const others = Array.from({ length: 20 }, (_, index) => pool.take(shape(`n${index}`), null))
    expect(others).not.toContain(kept)
    pool.take(shape('spoilt'), null)
    expect(pool.work().files.has('anchors/spoilt.pem')).toBe(true)
  })

  test('a server that a load balancer comes to without a header stands in the stream part too', () => {
    const pool = poolOf()
    const bare = pool.take({ ...shape('one'), entrance: 'bare' }, null)
    const usual = pool.take(shape('one'), null)
    expect(usual).not.toBe(bare)
    const stream = pool.renderStream('172.18.0.3')
    expect(stream).toContain(`listen 172.18.0.3:${bare};`)
    expect(stream).not.toContain(String(usual))
    expect(pool.render()).toContain(`listen 127.0.0.1:${bare} ssl;`)
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

  test('what could not be done is undone, and what others have stays theirs', () => {
    const pool = new HaproxyPool()
    pool.add(slot(20_001, 'kept'), 20_001)
    pool.add(slot(20_002, 'free'), 20_002)
    pool.free(20_002)
    pool.work()
    pool.done()
    pool.add(slot(20_003, 'spoilt'), 20_003)
    expect(pool.find(slot(65_535, 'free'), 65_535)).toBe(20_002)
    expect(pool.undo()).toEqual([20_003])
    expect(pool.render()).toBe('frontend slot-20001 kept\nfrontend slot-20002 free\n')
    expect(pool.work()).toEqual({ files: new Map(), configuration: 'new' })
    expect(pool.find(slot(65_535, 'kept'), 65_535)).toBeNull()
    expect(pool.find(slot(65_535, 'free'), 65_535)).toBe(20_002)
  })

  test('slots that were not used for long make room', () => {
    const pool = new HaproxyPool()
    const gone: number[] = []
    for (let number = 20_000; number < 20_060; number++) {
      gone.push(...pool.add(slot(number, `certificate ${number - 10_000}`), number))
      pool.free(number)
    }
    expect(gone).toHaveLength(20)
    expect(pool.render()).not.toContain('slot-20000')
    expect(pool.render()).toContain('slot-20059')
  })
})
