/**
 * `npm run bench`: what a run costs. It prints the wall time of a whole run on each engine, what one scenario
 * costs beside the bare handshakes that it makes, and what its certificates cost to mint.
 */
import { bareHandshakeMs } from './bare-handshake.ts'
import { containersUpMs } from './containers-up.ts'
import { mintingMs } from './minting.ts'
import { scenarioCosts } from './scenario-costs.ts'
import { wholeRunMs } from './whole-run.ts'
import { table } from './table.ts'

const milliseconds = (value: number): string => `${value.toFixed(value < 10 ? 2 : 0)} ms`

const seconds = (value: number | null): string =>
  value === null ? 'not to be had here' : `${(value / 1000).toFixed(2)} s`

process.stdout.write('measuring: bare handshakes, minting, scenarios one by one, a whole run …\n')
const bare = await bareHandshakeMs()
const minting = await mintingMs()
const costs = await scenarioCosts()
const embedded = await wholeRunMs('embedded')
const containers = await wholeRunMs('containers')
const containersUp = await containersUpMs()

process.stdout.write(
  table([
    ['a whole run on the embedded engine, wall time', seconds(embedded)],
    ['a whole run on the containers engine, wall time', seconds(containers)],
    ['start-up of the containers, images cached', seconds(containersUp)],
    ['scenarios in it', String(costs.scenarios)],
    ['a scenario, median', milliseconds(costs.medianMs)],
    ['a scenario, mean (waits and time-outs included)', milliseconds(costs.meanMs)],
    ['handshakes a scenario makes, mean', costs.handshakes.toFixed(2)],
    ['a bare mutual-TLS handshake and request (node:https)', milliseconds(bare)],
    ['median scenario, in bare handshakes', `${(costs.medianMs / bare).toFixed(1)} ×`],
    ['minting a P-256 certificate', milliseconds(minting.leafMs)],
    ['minting the standard PKI, first time', milliseconds(minting.standardMs)],
    ['minting for one scenario, mean', milliseconds(minting.scenarioMs)],
  ]),
)
