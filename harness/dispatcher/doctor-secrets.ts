import type { StartedAdapter } from './adapter.ts'
import { atPort, DEADLINE_MS, startHangUp } from './doctor-deliveries.ts'
import type { DoctorOptions } from './doctor.ts'
import { broken, sound, type Finding } from './finding.ts'
import type { TargetConfig } from './messages.ts'
import type { Told } from './outcome.ts'

/** Hands over a key whose last line is missing: what is said of it must not quote the rest. */
export async function checkSecrets(
  adapter: StartedAdapter,
  options: DoctorOptions,
): Promise<Finding> {
  const target = 'doctor-secrets'
  await using listener = await startHangUp()
  // Learned before it is cut: of what is no key nobody can say which lines are secret.
  await adapter.configure(target, atPort(options.sampleConfig, listener.port))
  const configured = await adapter.configure(
    target,
    atPort(withKeyCutOff(options.sampleConfig), listener.port),
  )
  const delivered =
    configured.outcome === 'ok' && configured.reply.result === 'accepted'
      ? await adapter.deliver(target, options.sampleEvent, DEADLINE_MS)
      : null
  adapter.forget(target)
  const told = [
    ...('told' in configured ? configured.told : []),
    ...(delivered !== null && 'told' in delivered ? delivered.told : []),
  ]
  return told[0] === undefined
    ? sound('secrets', 'What it says of a key that is cut off quotes none of it.')
    : broken('secrets', `What it says of a key that is cut off ${quotes(told[0])}.`, HINT)
}

const HINT =
  'Whatever a reply says, customers and logs get to see. Take keys, passphrases and tokens out of your errors.'

function quotes({ secret, field }: Told): string {
  return `tells a secret (${secret}) in \`${field}\``
}

function withKeyCutOff(config: TargetConfig): TargetConfig {
  const { client_certificate: certificate } = config
  if (certificate?.format !== 'pem' || certificate.key_pem === undefined) return config
  const lines = certificate.key_pem.trimEnd().split('\n')
  const cut = [...lines.slice(0, -2), ...lines.slice(-1)]
  return {
    ...config,
    client_certificate: { ...certificate, key_pem: `${cut.join('\n')}\n` },
  }
}
