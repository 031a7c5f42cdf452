/**
 * A process that outlives the runner, by a moment: when the runner is gone, however it went, it removes the
 * run's containers and networks. Its standard input is a pipe from the runner, which the kernel closes. A
 * runner that says anything before has ended in its own time: the folder is then for its owner to remove,
 * who may be `hookproof certify` and has yet to read the outcome there. Arguments: address of the Docker engine, run id, run folder.
 */
import { rmSync } from 'node:fs'
import { Docker } from './docker.ts'
import { parseDockerHost } from './docker-address.ts'
import { labelOf } from './label.ts'

const [url = '', runId = '', folder = ''] = process.argv.slice(2)
const address = parseDockerHost(url)
if (address === null || runId === '' || folder === '') process.exit(2)
// What ends the runner must not end this one too.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined)

let ending: 'cut-off' | 'announced' = 'cut-off'
for await (const chunk of process.stdin) {
  void chunk
  ending = 'announced'
}
await new Docker(address).removeLabelled(labelOf(runId)).catch(() => undefined)
if (ending === 'cut-off') rmSync(folder, { recursive: true, force: true })
