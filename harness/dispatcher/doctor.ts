import type { HarnessError } from '../errors.ts'
import { CORE_CAPABILITIES } from '../scenario/vocabulary.ts'
import type { StartedAdapter } from './adapter.ts'
import {
  checkBrokenConfiguration,
  checkClosedPort,
  checkParallel,
  checkReplace,
} from './doctor-deliveries.ts'
import { checkSecrets } from './doctor-secrets.ts'
import { broken, notDeclared, sound, wentWrong } from './finding.ts'
import type { Finding } from './finding.ts'
import type { TargetConfig, WebhookEvent } from './messages.ts'

/** What the doctor tries an adapter with. It opens no endpoint: nothing here judges delivery. */
export interface DoctorOptions {
  /** A real, minimal configuration: roots, and a client certificate with its key as PEM. Its URL's port is replaced. */
  readonly sampleConfig: TargetConfig
  readonly sampleEvent: WebhookEvent
  /** The same with a client certificate that cannot be used, for example garbage for a key. */
  readonly brokenConfig: TargetConfig
}

/** One examination. Those that configure targets forget them again. */
export type Check = (adapter: StartedAdapter, options: DoctorOptions) => Promise<Finding>

const CHECKS: readonly Check[] = [
  checkHello,
  checkClock,
  checkCoreCapabilities,
  checkUnknownCommand,
  checkConfigure,
  checkReplace,
  checkClosedPort,
  checkBrokenConfiguration,
  checkSecrets,
  checkParallel,
  checkReset,
  checkInspect,
  checkEnroll,
]

/**
 * Examines whether an adapter keeps the protocol, one finding at a time. It goes on after a broken
 * one, so that an adapter's author sees everything at once.
 */
export async function* examine(
  adapter: StartedAdapter,
  options: DoctorOptions,
): AsyncIterable<Finding> {
  for (const check of CHECKS) yield await check(adapter, options)
}

/** The finding about an adapter that did not even start, made of what startAdapter threw. */
export function findingOfStart(error: HarnessError): Finding {
  const check = error.code === 'ERR_CLOCK_SKEW' ? 'clock' : 'hello'
  return broken(check, error.message, error.hint)
}

async function checkHello(adapter: StartedAdapter): Promise<Finding> {
  const again = await adapter.greet()
  if (again.outcome !== 'ok') {
    return wentWrong(
      'hello',
      'A second hello',
      again,
      'hello may come at any time, after a restart too.',
    )
  }
  const { name, version, capabilities } = adapter.hello
  const { reply } = again
  const same =
    reply.name === name &&
    reply.version === version &&
    [...reply.capabilities].sort().join() === [...capabilities].sort().join()
  return same
    ? sound(
        'hello',
        `${name} ${version} introduces itself, with ${capabilities.length} capabilities.`,
      )
    : broken(
        'hello',
        `A second hello is answered differently: ${name} ${version} has become ${reply.name} ${reply.version}, or its capabilities changed.`,
        'Name, version and capabilities must be the same for the whole run.',
      )
}

function checkClock(adapter: StartedAdapter): Promise<Finding> {
  const { clockOffsetMs } = adapter.hello
  return Promise.resolve(
    clockOffsetMs === null
      ? notDeclared(
          'clock',
          'hello says no `now`, so a wrong clock would look like a wrong verdict.',
        )
      : sound('clock', `Its clock is ${clockOffsetMs} ms off the harness's.`),
  )
}

function checkCoreCapabilities(adapter: StartedAdapter): Promise<Finding> {
  const missing = CORE_CAPABILITIES.filter((one) => !adapter.hello.capabilities.includes(one))
  return Promise.resolve(
    missing.length === 0
      ? sound('core-capabilities', `It declares ${CORE_CAPABILITIES.join(' and ')}.`)
      : broken(
          'core-capabilities',
          `It does not declare ${missing.join(' and ')}, which every dispatcher must have.`,
          'Core capabilities cannot be declined: their scenarios are never skipped. Add them to `capabilities`.',
        ),
  )
}

async function checkUnknownCommand(adapter: StartedAdapter): Promise<Finding> {
  const outcome = await adapter.probe('no-such-command')
  const hint = 'Answer a command that you do not know with {"id":N,"unsupported":true}.'
  switch (outcome.outcome) {
    case 'unsupported':
      return sound('unknown-command', 'It answers an unknown command with `unsupported`.')
    case 'ok':
      return broken('unknown-command', 'It answers an unknown command as if it knew it.', hint)
    case 'fault':
      return wentWrong('unknown-command', 'An unknown command', outcome, hint)
  }
}

async function checkConfigure(adapter: StartedAdapter, options: DoctorOptions): Promise<Finding> {
  const outcome = await adapter.configure('doctor-configure', options.sampleConfig)
  adapter.forget('doctor-configure')
  const hint =
    'A URL, roots and a PEM client certificate with its key are core: they must be accepted.'
  if (outcome.outcome !== 'ok') return wentWrong('configure', 'configure', outcome, hint)
  const { reply } = outcome
  switch (reply.result) {
    case 'accepted':
      return sound('configure', 'It accepts a minimal configuration.')
    case 'refused': {
      const message = reply.message === null ? '' : `: ${reply.message}`
      return broken(
        'configure',
        `It refuses a good configuration, ${reply.reason}${message}.`,
        hint,
      )
    }
    case 'unsupported':
      return broken('configure', `It calls ${reply.unsupported.join(', ')} unsupported.`, hint)
  }
}

async function checkReset(adapter: StartedAdapter): Promise<Finding> {
  if (!adapter.hello.capabilities.includes('reset')) {
    return notDeclared('reset', 'It does not declare reset; scenarios that need it are skipped.')
  }
  const outcome = await adapter.reset()
  if (outcome.outcome !== 'ok') {
    return wentWrong(
      'reset',
      'reset',
      outcome,
      'It is declared, so it must be answered with `dropped`.',
    )
  }
  const { dropped } = outcome.reply
  return sound('reset', `reset drops ${dropped.length === 0 ? 'nothing' : dropped.join(', ')}.`)
}

async function checkInspect(adapter: StartedAdapter, options: DoctorOptions): Promise<Finding> {
  if (!adapter.hello.capabilities.includes('inspect')) {
    return notDeclared(
      'inspect',
      'It does not declare inspect; scenarios that need it are skipped.',
    )
  }
  const hint = 'It is declared: answer with the certificate of the target, and warnings.'
  const configured = await adapter.configure('doctor-inspect', options.sampleConfig)
  if (configured.outcome !== 'ok') return wentWrong('inspect', 'configure', configured, hint)
  const outcome = await adapter.inspect('doctor-inspect')
  adapter.forget('doctor-inspect')
  if (outcome.outcome !== 'ok') return wentWrong('inspect', 'inspect', outcome, hint)
  const { clientCertificate } = outcome.reply
  return clientCertificate === null
    ? broken('inspect', 'inspect shows no certificate, though the target has one.', hint)
    : sound('inspect', `inspect shows the certificate ${clientCertificate.subject}.`)
}

async function checkEnroll(adapter: StartedAdapter): Promise<Finding> {
  const declared = adapter.hello.capabilities.filter((one) => one.startsWith('enrollment.'))
  if (declared.length === 0) {
    return notDeclared('enroll', 'It declares no enrollment; scenarios that need it are skipped.')
  }
  for (const capability of ENROLLMENTS.filter((one) => declared.includes(one))) {
    const finding = await checkEnrollmentBy(adapter, capability)
    if (finding !== null) return finding
  }
  return sound('enroll', `enroll answers as ${declared.join(' and ')} does.`)
}

const ENROLLMENTS = ['enrollment.csr', 'enrollment.self'] as const

/** What is wrong with enrolling in this way; null = nothing. */
async function checkEnrollmentBy(
  adapter: StartedAdapter,
  capability: (typeof ENROLLMENTS)[number],
): Promise<Finding | null> {
  const outcome = await adapter.enroll('ec-p256', capability)
  const hint = 'It is declared: answer with an enrollment, and csr_pem or chain_pem.'
  if (outcome.outcome !== 'ok') return wentWrong('enroll', 'enroll', outcome, hint)
  const shown = outcome.reply.kind === 'csr' ? 'enrollment.csr' : 'enrollment.self'
  return shown === capability
    ? null
    : broken('enroll', `enroll answers as ${shown} does, but ${capability} is declared.`, hint)
}
