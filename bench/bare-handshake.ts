import { once } from 'node:events'
import { createServer, request } from 'node:https'
import type { AddressInfo } from 'node:net'
import { KeyPool } from '../harness/pki/key-pool.ts'
import { Pki } from '../harness/pki/issue.ts'
import { loadScenarios } from '../harness/scenario/load.ts'
import { settingsFrom } from '../harness/run/settings.ts'
import { median } from './table.ts'

const ROUNDS = 60

/**
 * Milliseconds of one request over a new mutual-TLS connection, client and server in this process, with
 * the corpus' own certificates and nothing of the harness between: what a scenario cannot undercut.
 */
export async function bareHandshakeMs(): Promise<number> {
  const { scenarios } = loadScenarios(settingsFrom({}, {}, process.cwd()).scenarios)
  const pki = new Pki({ now: new Date(), keys: new KeyPool() })
  const material = await pki.issue(scenarios[0]?.certificates ?? {})
  const pair = (name: string) => ({
    cert: [material.get(name), ...material.issuersOf(name)].map((one) => one.pem).join(''),
    key: material.get(name).keyPem,
  })
  const ca = material.get('root').pem
  const server = createServer(
    { ...pair('endpoint'), ca, requestCert: true, rejectUnauthorized: true },
    (incoming, response) => {
      incoming.resume()
      incoming.once('end', () => response.writeHead(204, { connection: 'close' }).end())
    },
  )
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const times: number[] = []
  try {
    for (let round = 0; round < ROUNDS; round++) {
      const began = performance.now()
      const outgoing = request({
        host: 'localhost',
        port,
        method: 'POST',
        agent: false,
        ca,
        ...pair('dispatcher'),
      })
      outgoing.end('{}')
      const [response] = (await once(outgoing, 'response')) as [NodeJS.ReadableStream]
      response.resume()
      await once(response, 'end')
      times.push(performance.now() - began)
    }
  } finally {
    server.close()
  }
  return median(times)
}
