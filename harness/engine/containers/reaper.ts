/**
 * A process that outlives the runner, by a moment: when the runner is gone, however it went, it removes the
 * run's containers and networks. Its standard input is a pipe from the runner, which the kernel closes. A
 * runner that says anything before has ended in its own time: the folder is then for its owner to remove,
 * who may be `hookproof certify` and has yet to read the outcome there. An engine that does not answer is
 * asked again, for as long as somebody might take to restart it. Arguments: address of the Docker engine, run id, run folder.
 */
import { rmSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { Docker } from './docker.ts'
import { parseDockerHost } from './docker-address.ts'
import { labelOf } from './label.ts'

/** How long the engine is asked again. */
const PATIENCE_MS = 15 * 60_000

const PAUSE_MS = 2000

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
const docker = new Docker(address)
const limit = performance.now() + PATIENCE_MS
let isGone = await isRemoved()
if (ending === 'cut-off') rmSync(folder, { recursive: true, force: true })
while (!isGone && performance.now() < limit) {
  await sleep(PAUSE_MS)
  isGone = await isRemoved()
}

function isRemoved(): Promise<boolean> {
  return docker.removeLabelled(labelOf(runId)).then(
    () => true,
    () => false,
  )
}
