// A hookproof adapter: through it the harness drives a webhook dispatcher.
//
// One JSON request a line comes in on standard input, one JSON reply a line goes out on standard
// output, and standard error is free text. The protocol is node_modules/hookproof/docs/adapter-protocol.md
//
// This file is a small dispatcher itself, made of node:https alone, and it certifies the core profile.
// Yours drives your product instead: keep "The protocol", replace "The dispatcher".
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { request } from 'node:https'
import { createInterface } from 'node:readline'
import { createSecureContext, DEFAULT_CIPHERS } from 'node:tls'

const HELLO = {
  protocol: 1,
  dispatcher: { name: 'example-dispatcher', version: '0.1.0' }, // TODO yours, with the released version
  // TODO declare what your product does, and nothing else: a scenario that needs more is skipped, and
  // named in the report. The first two are core. Others: pin.spki, client-certificate.pkcs12, retry…
  capabilities: ['client-certificate.pem', 'trust.private-ca', 'rotation'],
  limits: { max_parallel: 8 },
  payload: 'verbatim', // or 'wrapped': the event goes out inside an envelope of your own
}

// ---- The protocol ------------------------------------------------------------------------------

/** What was configured, by target. A refused configuration stays, so that nothing is sent to it. */
const targets = new Map()

async function serve() {
  for await (const line of createInterface({ input: process.stdin })) {
    const { id, cmd, ...message } = JSON.parse(line)
    const reply = (answer) => process.stdout.write(`${JSON.stringify({ id, ...answer })}\n`)
    if (cmd === 'bye') return reply({ ok: true })
    // Not awaited: deliveries run side by side, and replies may come in any order.
    answer(cmd, message).then(reply, (error) => reply({ errored: String(error) }))
  }
}

async function answer(cmd, message) {
  switch (cmd) {
    case 'hello':
      return { ...HELLO, now: new Date().toISOString() }
    case 'configure':
      return configure(message.target, message.config)
    case 'deliver':
      return deliver(message.target, message.event, message.deadline_ms)
    default:
      return { unsupported: true }
  }
}

function configure(target, config) {
  const unsupported = unsupportedIn(config)
  if (unsupported.length > 0) return { ok: false, unsupported }
  try {
    targets.set(target, prepare(config))
    return { ok: true }
  } catch (error) {
    if (!(error instanceof NotDelivered)) throw error
    targets.set(target, error)
    return { ok: false, reason: error.reason, message: error.native }
  }
}

/** Capabilities that a configuration asks for and this dispatcher has not. */
function unsupportedIn({ client_certificate, crls_pem, spki_pins, oauth2, signature, retry }) {
  return [
    ...(client_certificate !== undefined && client_certificate.format !== 'pem'
      ? [`client-certificate.${client_certificate.format}`]
      : []),
    ...(crls_pem === undefined ? [] : ['trust.crl']),
    ...(spki_pins === undefined ? [] : ['pin.spki']),
    ...(oauth2 === undefined ? [] : ['oauth2.tls-client-auth']),
    ...(signature === undefined ? [] : [`signature.${signature.scheme}`]),
    ...(retry === undefined ? [] : ['retry']),
  ]
}

async function deliver(target, event, deadlineMs) {
  try {
    const prepared = targets.get(target)
    if (prepared === undefined) throw new Error(`no target ${target}`)
    if (prepared instanceof NotDelivered) throw prepared
    const status = await send(prepared, event, Math.min(prepared.timeoutMs, deadlineMs))
    return { disposition: 'delivered', attempts: [{ stage: 'response', status }] }
  } catch (error) {
    if (!(error instanceof NotDelivered)) throw error
    const { disposition, stage, reason, status, native } = error
    return { disposition, attempts: [{ stage, reason, status, native }] }
  }
}

// ---- The dispatcher: TODO call your own --------------------------------------------------------

/** Why an event was not delivered, in the protocol's words. */
class NotDelivered extends Error {
  /** @param disposition `refused`: this dispatcher said no; `failed`: the endpoint or the network did */
  constructor(disposition, stage, reason, { native, status } = {}) {
    super(reason)
    Object.assign(this, { disposition, stage, reason, native, status })
  }
}

/** Checks a configuration when it is made: better here than at the first event. */
function prepare(config) {
  const url = new URL(config.url)
  if (url.protocol !== 'https:') throw new NotDelivered('refused', 'config', 'plaintext.refused')
  const certificate = config.client_certificate
  return {
    url,
    timeoutMs: config.timeout_ms ?? 10_000,
    hasCertificate: certificate !== undefined,
    secureContext: createSecureContext({
      // The given roots replace the host's. Without any, Node's own and NODE_EXTRA_CA_CERTS hold.
      ...(config.trust_anchors_pem === undefined ? {} : { ca: config.trust_anchors_pem }),
      ...(certificate === undefined ? {} : usable(certificate)),
      minVersion: config.tls?.min_version ?? 'TLSv1.2',
      // Level 2 refuses RSA below 2048 bits and SHA-1 signatures; Node's default does not.
      ciphers: `${DEFAULT_CIPHERS}:@SECLEVEL=2`,
    }),
  }
}

/**
 * Certificate and key, if they can be used: the certificate of the key comes first, however the bundle
 * was put together. Node itself sends none, in silence, if one of the two is missing.
 */
function usable({ chain_pem, key_pem }) {
  const refuse = (reason, native) => new NotDelivered('refused', 'config', reason, { native })
  if (!key_pem) throw refuse('client-certificate.missing', 'a certificate without its key')
  let chain
  let key
  try {
    const blocks = chain_pem.split(/^(?=-----BEGIN CERTIFICATE-----)/m)
    chain = blocks
      .filter((block) => block.startsWith('-----'))
      .map((one) => new X509Certificate(one))
    key = createPrivateKey(key_pem)
  } catch (error) {
    throw refuse('client-certificate.unreadable', error.code)
  }
  const own = chain.find((certificate) => certificate.checkPrivateKey(key))
  if (own === undefined) throw refuse('client-certificate.key-mismatch')
  const ordered = [own, ...chain.filter((certificate) => certificate !== own)]
  const now = Date.now()
  for (const { validFrom, validTo } of ordered) {
    if (now > Date.parse(validTo)) throw refuse('client-certificate.expired')
    if (now < Date.parse(validFrom)) throw refuse('client-certificate.not-yet-valid')
  }
  return { cert: ordered.join(''), key: key_pem }
}

/** Sends one event and resolves to the 2xx status. Everything else is a NotDelivered. */
function send({ url, secureContext, hasCertificate }, event, timeoutMs) {
  return new Promise((resolve, reject) => {
    let stage = 'tcp'
    const outgoing = request(url, {
      method: 'POST',
      headers: { 'content-type': event.content_type, 'user-agent': 'example-dispatcher' },
      secureContext,
      // A connection for each delivery: none outlives a change of certificate or of roots.
      agent: false,
      signal: AbortSignal.timeout(timeoutMs),
    })
    outgoing.on('socket', (socket) => {
      socket.once('connect', () => (stage = 'tls'))
      socket.once('secureConnect', () => (stage = 'request'))
    })
    outgoing.on('finish', () => (stage = stage === 'request' ? 'response' : stage))
    outgoing.on('error', (error) => {
      // Where the socket has an error, it says more than "socket hang up".
      reject(asNotDelivered(outgoing.socket?.errored ?? error, stage, hasCertificate))
    })
    outgoing.on('response', (incoming) => {
      // Only a 2xx is a delivery. A redirect is an answer: following it would show our certificate to
      // a stranger.
      const status = incoming.statusCode
      incoming.on('error', (error) => reject(asNotDelivered(error, 'response', hasCertificate)))
      incoming.on('end', () => {
        if (status >= 200 && status < 300) return resolve(status)
        const reason = status >= 300 && status < 400 ? 'redirect.refused' : 'http.status'
        reject(new NotDelivered('failed', 'response', reason, { status }))
      })
      incoming.resume()
    })
    outgoing.end(Buffer.from(event.body_b64, 'base64'))
  })
}

/** What Node calls it, and what the protocol does. Anything else about a certificate: malformed. */
const CERTIFICATE_REASONS = {
  CERT_HAS_EXPIRED: 'expired',
  CERT_NOT_YET_VALID: 'not-yet-valid',
  ERR_TLS_CERT_ALTNAME_INVALID: 'name-mismatch',
  HOSTNAME_MISMATCH: 'name-mismatch',
  INVALID_PURPOSE: 'wrong-usage',
  CERT_REVOKED: 'revoked',
  SELF_SIGNED_CERT_IN_CHAIN: 'untrusted',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'untrusted',
  UNABLE_TO_GET_ISSUER_CERT: 'untrusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'untrusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'untrusted',
  CERT_SIGNATURE_FAILURE: 'untrusted',
  CERT_UNTRUSTED: 'untrusted',
  CERT_CHAIN_TOO_LONG: 'untrusted',
  PATH_LENGTH_EXCEEDED: 'untrusted',
  INVALID_CA: 'untrusted',
}

const NETWORK_REASONS = {
  ENOTFOUND: 'net.dns',
  EAI_AGAIN: 'net.dns',
  ECONNREFUSED: 'net.refused',
  ETIMEDOUT: 'net.timeout',
  ECONNRESET: 'net.reset',
  EPIPE: 'net.reset',
}

function asNotDelivered(error, stage, hasCertificate) {
  const { name, code = name, message } = error
  const as = (disposition, reason, at = stage) =>
    new NotDelivered(disposition, at, reason, { native: String(code) })

  if (name === 'AbortError' || name === 'TimeoutError') return as('failed', 'net.timeout')
  const certificate = CERTIFICATE_REASONS[code]
  if (certificate) return as('refused', `server-certificate.${certificate}`, 'tls')
  // Node's name for what OpenSSL says and Node has no name for.
  if (code === 'UNSPECIFIED') {
    const weak = /too (weak|small)/.test(message) ? 'weak' : 'malformed'
    return as('refused', `server-certificate.${weak}`, 'tls')
  }

  // The endpoint's word on our certificate. In TLS 1.3 it comes after the handshake is over for us.
  const alert = Number(/SSL alert number (\d+)/.exec(message)?.[1] ?? NaN)
  if (alert === 70) return as('refused', 'tls.version')
  if (alert === 116) return as('failed', 'client-certificate.missing')
  if (alert === 45) return as('failed', 'client-certificate.expired')
  if ([42, 43, 44, 46, 48, 49].includes(alert)) {
    return as('failed', `client-certificate.${hasCertificate ? 'rejected' : 'missing'}`)
  }
  // Among them handshake_failure (40), which says neither that it was the certificate nor that it was not.
  if (!Number.isNaN(alert)) return as('failed', 'tls.alert')

  if (NETWORK_REASONS[code]) return as('failed', NETWORK_REASONS[code])
  if (/^ERR_SSL_(UNSUPPORTED|UNKNOWN)_PROTOCOL$/.test(code)) return as('refused', 'tls.version')
  if (/^ERR_OSSL_(ASN1|X509)/.test(code)) return as('refused', 'server-certificate.malformed')
  if (String(code).startsWith('HPE_')) return as('failed', 'http.status')
  return stage === 'tls' ? as('refused', 'tls.other') : as('failed', 'unspecified')
}

await serve()
// The last reply is written first; what nobody waits for any more ends here.
process.stdout.write('', () => process.exit(0))
