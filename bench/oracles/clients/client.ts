/**
 * A stock client for the oracles: node:https as it comes, and nothing of ours in between.
 * Exit status 0: answered 2xx. 22: answered otherwise. 1: the connection or the handshake failed.
 */
import { readFileSync } from 'node:fs'
import { request } from 'node:https'

function optionsOf(words: readonly string[]): ReadonlyMap<string, string> {
  const options = new Map<string, string>()
  for (let index = 0; index + 1 < words.length; index += 2) {
    options.set(words[index] ?? '', words[index + 1] ?? '')
  }
  return options
}

function send(options: ReadonlyMap<string, string>): void {
  const fileOf = (name: string) => {
    const path = options.get(name)
    return path === undefined ? undefined : readFileSync(path)
  }
  const body = readFileSync(options.get('--body') ?? '')
  const outgoing = request(options.get('--url') ?? '', {
    method: 'POST',
    agent: false,
    timeout: 5000,
    headers: {
      'content-type': options.get('--content-type') ?? '',
      'content-length': body.length,
    },
    ca: fileOf('--ca'),
    cert: fileOf('--cert'),
    key: fileOf('--key'),
  })
  outgoing.on('timeout', () => outgoing.destroy(new Error('no answer within 5 s')))
  outgoing.on('error', (error) => {
    process.stderr.write(`${error.message}\n`)
    process.exitCode = 1
  })
  outgoing.on('response', (answer) => {
    const { statusCode = 0 } = answer
    answer.resume()
    answer.on('end', () => {
      process.exitCode = statusCode >= 200 && statusCode < 300 ? 0 : 22
    })
  })
  outgoing.end(body)
}

const words = process.argv.slice(2)
if (words[0] === '--about') {
  const { node, openssl } = process.versions
  process.stdout.write(`Node.js ${node} https, OpenSSL ${openssl}\n`)
} else {
  send(optionsOf(words))
}
