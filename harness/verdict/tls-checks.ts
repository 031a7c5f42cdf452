import type { DeliverySeen } from './delivery.ts'
import { FINE, failed, firstProblem, type Finding } from './finding.ts'

/** Oldest first. */
const VERSIONS: readonly string[] = ['SSLv3', 'TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3']

/** What the dispatcher says in its ClientHello, and what comes of it. */
export function tlsAsExpected(seen: DeliverySeen): Finding {
  return firstProblem([
    () => rightServerName(seen),
    () => rightProtocol(seen),
    () => nothingOldOffered(seen),
    () => statusAsked(seen),
  ])
}

/** RFC 6066 3: the host of the URL, but never an IP address. */
function rightServerName(seen: DeliverySeen): Finding {
  const wanted = seen.expect.serverName
  if (wanted === 'any') return FINE
  const isRight = (name: string | null) =>
    wanted === 'none' ? name === null : name?.toLowerCase() === wanted
  const wrong = seen.endpoint.hellos.find(({ serverName }) => !isRight(serverName))
  if (wrong === undefined) return FINE
  return failed(
    'unmet',
    wanted === 'none' ? 'no server_name' : `the server_name "${wanted}"`,
    `connection ${wrong.connection} began with ${wrong.serverName === null ? 'none' : `"${wrong.serverName}"`}`,
  )
}

function rightProtocol(seen: DeliverySeen): Finding {
  const wanted = seen.expect.protocol
  if (wanted === 'any') return FINE
  const wrong = seen.endpoint.handshakes.find(({ protocol }) => protocol !== wanted)
  if (wrong === undefined) return FINE
  return failed('unmet', wanted, `connection ${wrong.connection} came to ${wrong.protocol}`)
}

/** A lower version offered after a failure is what an attacker waits for (RFC 9325 3.1.3). */
function nothingOldOffered(seen: DeliverySeen): Finding {
  const oldest = seen.expect.oldestVersion
  if (oldest === 'any') return FINE
  for (const { connection, versions } of seen.endpoint.hellos) {
    const older = versions.find((one) => VERSIONS.indexOf(one) < VERSIONS.indexOf(oldest))
    if (older === undefined) continue
    return failed(
      'unmet',
      `nothing older than ${oldest}`,
      `connection ${connection} offered ${older}`,
    )
  }
  return FINE
}

/** RFC 6066 8: who does not ask for the certificate's status is not shown it. */
function statusAsked(seen: DeliverySeen): Finding {
  if (seen.expect.statusRequest !== 'asked') return FINE
  const wrong = seen.endpoint.hellos.find(({ statusRequest }) => statusRequest === 'none')
  if (wrong === undefined) return FINE
  return failed(
    'unmet',
    "a status_request, which asks for the certificate's status",
    `connection ${wrong.connection} began without one`,
  )
}

/**
 * Takes a failure back where only who asked for the certificate's status is bound, and nobody asked: it
 * is told as an advisory. A lie stays a lie.
 */
export function boundByAsking(seen: DeliverySeen, finding: Finding): Finding {
  if (seen.expect.statusRequest !== 'if-asked') return finding
  if (finding.finding !== 'failed' || finding.reason === 'contradiction') return finding
  const { hellos } = seen.endpoint
  const isUnasked =
    hellos.length > 0 && hellos.every(({ statusRequest }) => statusRequest === 'none')
  if (!isUnasked) return finding
  return {
    finding: 'fine',
    grade: 'strict',
    advisories: [
      {
        code: 'not-bound',
        reason: finding.reason,
        text: `It never asked for the certificate's status, so it could not see what was stapled. For one that asks it must be: ${finding.expected}. Seen: ${finding.seen}.`,
      },
    ],
  }
}

/** What came over the wire to the dispatcher until it had enough. */
export function answerTaken(seen: DeliverySeen): Finding {
  const most = seen.expect.answerBytes
  // A sum over attempts, of which nobody knows how many there should be.
  if (most === null || seen.witnesses === 'endpoint-only') return FINE
  const taken = seen.endpoint.closed.reduce((sum, one) => sum + one.bytesToDispatcher, 0)
  if (taken <= most) return FINE
  return failed('unmet', `at most ${most} bytes taken from the endpoint`, `it took ${taken}`)
}
