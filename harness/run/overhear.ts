import type { StartedAdapter } from '../dispatcher/adapter.ts'

/** The part of an adapter that a scenario uses. */
export type DrivenAdapter = Pick<
  StartedAdapter,
  'configure' | 'deliver' | 'enroll' | 'forget' | 'hello' | 'inspect' | 'reset'
>

/**
 * An adapter that is listened to: what it writes on stderr while a request is open goes to `heard`, with the
 * command. Secrets are redacted already. Nothing is judged by it (adapter protocol, "Carriers"); it is for
 * whoever debugs the adapter.
 */
export function overheard(
  adapter: StartedAdapter,
  heard: (command: string, text: string) => void,
): DrivenAdapter {
  const listen = async <Heard extends { readonly stderr: string }>(
    command: string,
    asked: Promise<Heard>,
  ): Promise<Heard> => {
    const outcome = await asked
    if (outcome.stderr.trim() !== '') heard(command, outcome.stderr.trimEnd())
    return outcome
  }
  return {
    hello: adapter.hello,
    configure: (target, config) => listen('configure', adapter.configure(target, config)),
    deliver: (target, event, deadlineMs) =>
      listen('deliver', adapter.deliver(target, event, deadlineMs)),
    enroll: (algorithm, capability) => listen('enroll', adapter.enroll(algorithm, capability)),
    inspect: (target) => listen('inspect', adapter.inspect(target)),
    reset: () => listen('reset', adapter.reset()),
    forget: (target) => {
      adapter.forget(target)
    },
  }
}
