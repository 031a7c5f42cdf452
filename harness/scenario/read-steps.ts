import { checkSituation } from './check-situation.ts'
import { knows, lay, type Layers } from './layers.ts'
import type { DocumentPath, Report } from './problems.ts'
import type { RawCase, RawSetup, RawStep } from './raw.ts'
import { unknownName, type Certificates } from './read-certificates.ts'
import { readExpectation } from './read-expectation.ts'
import { readEnroll } from './read-enroll.ts'
import { readSituation, type Situation } from './read-setup.ts'
import type { Step } from './types.ts'
import type { EngineName } from './vocabulary.ts'
import { readDuration } from './units.ts'

/** What reading the steps of one case needs. */
export interface StepsReader {
  readonly raw: RawCase
  readonly layers: Layers
  readonly certificates: Certificates
  readonly engines: readonly EngineName[]
  readonly path: DocumentPath
  readonly report: Report
}

/** The steps, and beside each the situation in which it happens. */
export interface StepsRead {
  readonly steps: readonly Step[]
  readonly situations: readonly Situation[]
}

/** Longest wait of a scenario: longer is a scenario that nobody will run. */
const LONGEST_WAIT_MS = 10_000

/** Reads the steps; what one of them patches holds for those after it. */
export function readSteps(reader: StepsReader): StepsRead {
  const { raw, path, report, certificates } = reader
  if (raw.steps === undefined) {
    const situation = readSituation(reader.layers)
    if (raw.expect === undefined) {
      report(path, 'says neither expect nor steps')
      return { steps: [], situations: [] }
    }
    const expect = readExpectation(raw.expect, situation, [...path, 'expect'], report)
    return { steps: [{ do: 'deliver', expect }], situations: [situation] }
  }
  if (raw.expect !== undefined) {
    report([...path, 'expect'], 'with steps, each deliver says what it expects')
  }
  const steps: Step[] = []
  const situations: Situation[] = []
  let layers = reader.layers
  for (const [index, rawStep] of raw.steps.entries()) {
    const place = [...path, 'steps', index]
    layers = readLayers(rawStep, layers, place, reader)
    const situation = readSituation(layers)
    situations.push(situation)
    steps.push(readStep(rawStep, { situation, layers, certificates, place, report }))
  }
  if (!steps.some((step) => ['deliver', 'inspect', 'enroll'].includes(step.do))) {
    report(
      [...path, 'steps'],
      'no step is a deliver, an inspect or an enroll, so that there is nothing to judge',
    )
  }
  return { steps, situations }
}

function readLayers(
  step: RawStep,
  under: Layers,
  place: DocumentPath,
  reader: StepsReader,
): Layers {
  const patch = patchOf(step)
  if (patch === null) return under
  const layers = lay(under, patch.setup, [...place, patch.key])
  if (layers.certificates !== under.certificates) {
    reader.report(
      [...place, patch.key],
      'certificates are issued before the first step; describe it under certificates, and name it here',
    )
  }
  if (under.tokenServer === null && layers.tokenServer !== null) {
    reader.report([...place, patch.key], 'there is no token-server to rotate')
    return under
  }
  checkSituation({
    situation: readSituation(layers),
    layers,
    engines: reader.engines,
    path: [...place, patch.key],
    report: reader.report,
  })
  return layers
}

/** What a step changes in the setup; null for one that only does something. */
function patchOf(step: RawStep): { key: 'rotate' | 'reconfigure'; setup: RawSetup } | null {
  if (typeof step === 'string') return null
  if ('rotate' in step) return { key: 'rotate', setup: step.rotate }
  if ('reconfigure' in step) return { key: 'reconfigure', setup: { dispatcher: step.reconfigure } }
  return null
}

/** What reading one step needs. */
interface StepReader {
  readonly situation: Situation
  readonly layers: Layers
  readonly certificates: Certificates
  readonly place: DocumentPath
  readonly report: Report
}

function readStep(raw: RawStep, reader: StepReader): Step {
  const { situation, layers, certificates, place, report } = reader
  if (raw === 'reset') return { do: 'reset' }
  if ('deliver' in raw) {
    const path = [...place, 'deliver']
    return { do: 'deliver', expect: readExpectation(raw.deliver, situation, path, report) }
  }
  if ('rotate' in raw) {
    return { do: 'rotate', endpoint: situation.endpoint, tokenServer: situation.tokenServer }
  }
  if ('reconfigure' in raw) return { do: 'reconfigure', dispatcher: situation.dispatcher }
  if ('wait' in raw) {
    const ms = readDuration(raw.wait) ?? 0
    if (ms > LONGEST_WAIT_MS) report([...place, 'wait'], 'a scenario waits at most 10s')
    return { do: 'wait', ms }
  }
  if ('enroll' in raw) {
    return {
      do: 'enroll',
      expect: readEnroll(raw.enroll, certificates, [...place, 'enroll'], report),
    }
  }
  const { certificate, warnings, 'absent-warnings': absentWarnings } = raw.inspect
  if (knows(layers, certificate) === 'unknown') {
    unknownName(certificate, layers, [...place, 'inspect', 'certificate'], report)
  }
  return {
    do: 'inspect',
    expect: { certificate, warnings: warnings ?? [], absentWarnings: absentWarnings ?? [] },
  }
}
