import { expect, test } from '@playwright/test'
import { capturedLine, SHA256 } from './captured/lines.ts'
import { numberOfPort } from './connection-address.ts'
import { readHaproxyLine } from './haproxy.ts'
import type { LogPart } from './log-part.ts'
import { presentedCertificate } from './read-certificate.ts'
import { alertForCode } from './verify-code.ts'

const read = (...parts: readonly string[]): LogPart =>
  readHaproxyLine(capturedLine('haproxy-2.6.12.txt', ...parts))

test('reads a request that was passed on, with the whole list of certificates', () => {
  const request = read('"uri":"\\/x"')
  expect(request).toMatchObject({
    part: 'request',
    connection: 1917,
    slot: 21047,
    protocol: 'TLSv1.3',
    alpn: null,
    session: 'full',
    client: { found: 'verified' },
    method: 'GET',
    path: '/x',
    headerNames: ['host'],
    bytes: 47,
    answered: 200,
    by: 'origin',
  })
  if (request.part !== 'request') throw new Error('no request')
  expect(presentedCertificate(request.certificate, request.others, () => null)).toMatchObject({
    sha256: SHA256.good,
    subject: 'CN=good',
    chain: [SHA256.good, SHA256.issuer],
  })
})

test('a request that was cut off is answered 0', () => {
  expect(read('"uri":"\\/body"')).toMatchObject({ part: 'request', answered: 0, bytes: 72 })
})

test('octets that were passed on were read by the origin alone', () => {
  const passed = read('"log":"bytes"', '"answered":"-"')
  expect(passed).toMatchObject({
    part: 'request',
    slot: 20002,
    protocol: 'TLSv1.3',
    alpn: 'http/1.1',
    client: { found: 'verified' },
    method: '',
    path: '',
    by: 'origin',
  })
  if (passed.part !== 'request') throw new Error('no request')
  expect(passed.certificate?.subject).toBe('O=Hookproof, CN=webhook dispatcher')
  expect(passed.bytes).toBeGreaterThan(311)
  expect(passed.durationMs).toBeGreaterThan(0)
})

test('who is turned away from a slot that passes octets on had a request read', () => {
  expect(read('"log":"bytes"', '"answered":"400"')).toMatchObject({
    part: 'request',
    client: { found: 'none' },
    certificate: null,
    method: 'POST',
    path: expect.stringMatching(/^\/hooks\//),
    headerNames: expect.arrayContaining(['content-type', 'host']),
    answered: 400,
    by: 'terminator',
  })
})

test('reads why a handshake failed, the certificate too', () => {
  const failed = read('"verify":10')
  expect(failed).toMatchObject({
    part: 'handshake-failed',
    connection: 1918,
    alertFromEndpoint: 45,
    alertFromDispatcher: null,
    client: { found: 'unverified', because: 'expired' },
    certificate: { sha256: SHA256.expired },
  })
  expect(read('"verify":7')).toMatchObject({
    alertFromEndpoint: 51,
    client: { because: 'untrusted' },
  })
})

test('a missing certificate is certificate_required in TLS 1.3, handshake_failure before', () => {
  const line = capturedLine('haproxy-2.6.12.txt', 'peer did not return')
  expect(readHaproxyLine(line)).toMatchObject({
    alertFromEndpoint: 116,
    client: { found: 'none' },
    certificate: null,
  })
  expect(readHaproxyLine(line.replace('"TLSv1.3"', '"TLSv1.2"'))).toMatchObject({
    alertFromEndpoint: 40,
  })
})

test('reads alerts that the dispatcher sent under encryption', () => {
  expect(read('alert unknown ca')).toMatchObject({
    part: 'handshake-failed',
    alertFromDispatcher: 48,
    alertFromEndpoint: null,
    client: null,
  })
})

test('a broken CA certificate counts like a broken end entity', () => {
  const line = capturedLine('haproxy-2.6.12.txt', '"verify":10')
  const broken = line.replace('"verify":10,"ca_verify":0', '"verify":0,"ca_verify":79')
  expect(readHaproxyLine(broken)).toMatchObject({
    alertFromEndpoint: 48,
    client: { because: 'untrusted' },
  })
})

test('what is no request was still read, after a completed handshake', () => {
  expect(read('"error":"Success"')).toMatchObject({
    part: 'request',
    method: '',
    bytes: null,
    client: { found: 'verified' },
    certificate: { sha256: SHA256.good },
  })
})

test('a connection that closes before a ClientHello failed without a word on certificates', () => {
  expect(read('Connection closed during')).toMatchObject({
    part: 'handshake-failed',
    client: null,
    alertFromEndpoint: null,
  })
})

test('reads the end of a connection, and a slot that is not there', () => {
  const line = capturedLine('haproxy-2.6.12.txt', '"log":"tcp"')
  expect(readHaproxyLine(line)).toEqual({
    part: 'ended',
    connection: 1912,
    slot: 21047,
    received: 1360,
    sent: 1420,
  })
  expect(readHaproxyLine(line.replace('"--"', '"SC"'))).toMatchObject({
    part: 'fault',
    detail: expect.stringMatching(/slot \d+, client: 127\./),
  })
})

test('reads notices', () => {
  expect(readHaproxyLine('[NOTICE]   (1) : Loading success.')).toEqual({ part: 'ready' })
  expect(
    readHaproxyLine('[ALERT]    (1) : config : Fatal errors found in configuration.'),
  ).toMatchObject({ part: 'fault' })
  for (const line of [
    '[WARNING]  (1) : Former worker (7) exited with code 0 (Exit)',
    'Proxy to-21048 stopped (cumulated conns: FE: 0, BE: 3).',
    '',
  ]) {
    expect(readHaproxyLine(line), line).toEqual({ part: 'other' })
  }
})

test('a line of ours that is damaged is a fault', () => {
  const line = capturedLine('haproxy-2.6.12.txt', '"verify":10')
  expect(readHaproxyLine(line.slice(0, 200))).toMatchObject({ part: 'fault' })
})

test('OpenSSL sends certificate_unknown for what it has no alert for', () => {
  expect([10, 9, 20, 23, 26, 7, 68].map(alertForCode)).toEqual([45, 42, 48, 44, 43, 51, 42])
  expect([34, 47].map(alertForCode)).toEqual([46, 46])
})

test('reads by which number the endpoint behind knows a connection', () => {
  expect(read('passed-on-silently', '"--"')).toEqual({
    part: 'passed-on',
    connection: 5,
    slot: 20_004,
    knownAs: numberOfPort(36_814),
  })
  // The dispatcher was gone before there was a port.
  const line = capturedLine('haproxy-2.6.12.txt', 'passed-on-silently', '"--"')
  const hasty = line.replace('"36814"', '"-"').replace('"--"', '"CR"')
  expect(readHaproxyLine(hasty)).toEqual({ part: 'other' })
  // Here a header tells it.
  expect(read('"passed-on"')).toEqual({ part: 'other' })
})

test('an endpoint behind that cannot be reached is a fault of that connection', () => {
  expect(read('passed-on-silently', '"SC"')).toEqual({
    part: 'fault',
    about: 'connection',
    detail: 'HAProxy could not reach the endpoint behind its slot 20001, client: 127.0.0.2',
  })
})

test('a worker that breaks down is no refused configuration', () => {
  expect(
    readHaproxyLine(
      '[ALERT]    (1) : Current worker (8) exited with code 139 (Segmentation fault)',
    ),
  ).toMatchObject({ part: 'fault', about: 'terminator' })
})

test('a damaged line is no refused configuration', () => {
  const line = capturedLine('haproxy-2.6.12.txt', 'passed-on-silently', '"--"')
  for (const damaged of [line.slice(0, 60), line.replace('36814', '-')]) {
    expect(readHaproxyLine(damaged)).toMatchObject({ part: 'fault', about: 'line' })
  }
})
