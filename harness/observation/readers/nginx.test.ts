import { expect, test } from '@playwright/test'
import { capturedLine, SHA256 } from './captured/lines.ts'
import { numberOfPort } from './connection-address.ts'
import type { LogPart, RequestPart } from './log-part.ts'
import { readNginxLine } from './nginx.ts'
import { presentedCertificate } from './read-certificate.ts'

const read = (...parts: readonly string[]): LogPart =>
  readNginxLine(capturedLine('nginx-1.22.1.txt', ...parts))

function readRequest(...parts: readonly string[]): RequestPart {
  const part = read(...parts)
  if (part.part !== 'request') throw new Error(`not a request but ${part.part}`)
  return part
}

test('reads a request that was passed on', () => {
  const request = readRequest('"http"', '"slot":"20002"')
  expect(request).toMatchObject({
    connection: 9,
    slot: 20002,
    protocol: 'TLSv1.3',
    cipher: 'TLS_AES_256_GCM_SHA384',
    alpn: 'http/1.1',
    session: 'full',
    client: { found: 'verified' },
    method: 'POST',
    path: '/hook',
    answered: 200,
    by: 'origin',
  })
  expect(request.certificate?.sha256).toBe(SHA256.good)
})

test('names a certificate by its SHA-256 and lists a stranger by thumbprint', () => {
  const { certificate, others } = readRequest('"http"', '"slot":"20002"')
  const nameOf = (sha256: string) => (sha256 === SHA256.good ? 'dispatcher' : null)
  expect(presentedCertificate(certificate, others, nameOf)).toEqual({
    presented: 'certificate',
    name: 'dispatcher',
    sha256: SHA256.good,
    subject: 'CN=good',
    chain: ['dispatcher'],
  })
  expect(presentedCertificate(certificate, others, () => null)).toMatchObject({
    name: null,
    chain: [SHA256.good],
  })
  expect(presentedCertificate(null, [], nameOf)).toEqual({ presented: 'none' })
})

test('reads why a certificate was turned away', () => {
  const expired = readRequest('"http"', 'FAILED:certificate has expired')
  expect(expired).toMatchObject({
    client: { found: 'unverified', because: 'expired' },
    answered: 400,
    by: 'terminator',
  })
  expect(expired.certificate?.sha256).toBe(SHA256.expired)
  expect(readRequest('unsuitable certificate purpose').client).toMatchObject({
    because: 'wrong-usage',
  })
  expect(readRequest('"connection":"127.0.0.2"', '"http"')).toMatchObject({
    client: { found: 'none' },
    certificate: null,
    answered: 400,
    by: 'terminator',
  })
})

test('a close without an answer is answered 0', () => {
  expect(readRequest('"status":444')).toMatchObject({ answered: 0, by: 'terminator' })
})

test('a resumed session is seen', () => {
  expect(readRequest('"resumed":"r"')).toMatchObject({ session: 'resumed', protocol: 'TLSv1.2' })
})

test('a request in plaintext has no protocol', () => {
  expect(readRequest('"protocol":""')).toMatchObject({ protocol: null, answered: 400 })
})

test('what is no request, or half of one, was still read', () => {
  expect(readRequest('\\u0000')).toMatchObject({ method: '', path: '', by: 'terminator' })
  expect(readRequest('"uri":"/half"')).toMatchObject({ bytes: 21, by: 'terminator' })
})

test('escapes what a dispatcher wrote', () => {
  expect(readRequest('b\\\\').path).toBe('/a"b\\\\\\xe9')
})

test('reads alerts that the dispatcher sent under encryption', () => {
  expect(read('alert number 48')).toMatchObject({
    part: 'handshake-failed',
    connection: 401,
    slot: 20047,
    alertFromDispatcher: 48,
    alertFromEndpoint: null,
  })
  expect(read('unsupported protocol')).toMatchObject({
    part: 'handshake-failed',
    alertFromDispatcher: null,
  })
})

test('a completed handshake without a request is not a failed one', () => {
  expect(read('client closed connection while waiting for request')).toEqual({
    part: 'closed-before-request',
    connection: 27,
    slot: 20047,
    alertFromDispatcher: null,
  })
})

test('reads the end of a connection', () => {
  expect(read('"log":"stream"', '"127.0.0.2"')).toEqual({
    part: 'ended',
    connection: 2,
    slot: 20001,
    received: 831,
    sent: 1836,
  })
})

test('tells a worker that is ready, and our own mistakes', () => {
  expect(read('start worker process')).toEqual({ part: 'ready' })
  expect(read('emerg')).toMatchObject({ part: 'fault', about: 'configuration' })
  expect(read('SSL_use_certificate')).toMatchObject({ part: 'fault', about: 'connection' })
})

test('a worker that breaks down is no refused configuration', () => {
  const line = '2026/11/22 13:10:30 [alert] 1#1: worker process 7 exited on signal 11 (core dumped)'
  expect(readNginxLine(line)).toMatchObject({ part: 'fault', about: 'terminator' })
})

test('a slot that is not there is a fault of the connection that was to go there', () => {
  expect(read('"status":502')).toEqual({
    part: 'fault',
    about: 'connection',
    detail: 'nginx could not reach its slot 20777, client: 127.0.0.1',
  })
})

test('a connection without a header is called by the port that it was made from', () => {
  const connection = numberOfPort(36_814)
  expect(read('127.243.68.14')).toMatchObject({ part: 'ended', connection, slot: 20_004 })
})

test('leaves out what says nothing', () => {
  for (const line of ['ignoring stale', 'invalid method', ' proxy 127.0.0.1']) {
    expect(read(line), line).toEqual({ part: 'other' })
  }
  expect(readNginxLine('')).toEqual({ part: 'other' })
})

test('a line of ours that is damaged is a fault', () => {
  const line = capturedLine('nginx-1.22.1.txt', '"slot":"20002"', '"http"')
  expect(readNginxLine(line.slice(0, 300))).toMatchObject({
    part: 'fault',
    about: 'line',
  })
  expect(readNginxLine(line.replace('"verify":"SUCCESS",', ''))).toMatchObject({
    part: 'fault',
    about: 'line',
  })
})

test('no host that a dispatcher sends can pass for a failed handshake', () => {
  const line =
    '2026/11/22 13:28:36 [info] 7#7: *9 client sent invalid host header while reading client request headers, ' +
    'client: 127.0.0.9, server: , request: "GET / HTTP/1.1", host: "x while SSL handshaking, client: 127.0.0.1, server: 127.0.0.1:20001"'
  expect(readNginxLine(line)).toEqual({ part: 'other' })
})

test('an answer that nginx takes for HTTP/0.9 has no status', () => {
  const line = capturedLine('nginx-1.22.1.txt', '"slot":"20002"', '"http"').replace(
    /"status":\d+/,
    '"status":009',
  )
  expect(readNginxLine(line)).toMatchObject({ part: 'request', answered: 0 })
})
