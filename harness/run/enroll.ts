import type { EnrollReply } from '../dispatcher/messages.ts'
import type { Ledger } from '../observation/ledger.ts'
import { printable } from '../observation/printable.ts'
import { readCertificationRequest } from '../pki/certification-request.ts'
import type { Pki } from '../pki/issue.ts'
import { keyWords } from '../pki/key-words.ts'
import type { Material } from '../pki/material.ts'
import { keyIdentity } from '../pki/thumbprint.ts'
import type { KnownCertificate } from '../pki/types.ts'
import type { EnrollExpectation, Scenario } from '../scenario/types.ts'
import { judgeEnrollment } from '../verdict/enrollment.ts'
import { NOTHING_READ, shownExponent, takeChain, unusable, type Taken } from './enrolled-chain.ts'
import type { DrivenAdapter } from './overhear.ts'
import { record } from './record.ts'

/** What enrolling takes. */
export interface EnrollParts {
  readonly scenario: Scenario
  readonly adapter: Pick<DrivenAdapter, 'enroll'>
  readonly pki: Pki
  readonly ledger: Ledger
  /** Takes the certificates in, so that endpoint and ledger know them by name. */
  readonly material: Material
  /** Scenario by key, of all that this dispatcher has enrolled; see `keyIdentity`. */
  readonly enrolledKeys: Map<string, string>
}

/** Handles that the dispatcher gave for its keys, and the certificates of its own authority, by name. */
export interface Enrollments {
  handleOf(name: string): string
  /** What the dispatcher's own authority issued, end entity first; null where the harness issued. */
  chainOf(name: string): readonly KnownCertificate[] | null
}

const neverEnrolled = (name: string): Error =>
  new Error(`"${name}" is not enrolled; the parser lets no scenario through that tells of it`)

/** For whom no dispatcher makes a key. */
export const NOTHING_ENROLLED: Enrollments = {
  handleOf: (name) => {
    throw neverEnrolled(name)
  },
  chainOf: () => null,
}

/** The enrollments of one scenario, as they are made. */
export class Enrolling implements Enrollments {
  readonly #parts: EnrollParts
  readonly #handles = new Map<string, string>()
  readonly #chains = new Map<string, readonly KnownCertificate[]>()

  constructor(parts: EnrollParts) {
    this.#parts = parts
  }

  handleOf(name: string): string {
    const handle = this.#handles.get(name)
    if (handle !== undefined) return handle
    throw neverEnrolled(name)
  }

  chainOf(name: string): readonly KnownCertificate[] | null {
    return this.#chains.get(name) ?? null
  }

  /**
   * Has the dispatcher make a key, has the certificate issued and takes it in.
   *
   * @returns `unfit` when the answer is not what the step demands: nothing can be built upon it, and the
   *   judge finds the same in the ledger
   */
  async enroll(expect: EnrollExpectation, step: number): Promise<'done' | 'broken' | 'unfit'> {
    const { adapter, ledger, material } = this.#parts
    const outcome = await adapter.enroll(expect.algorithm, `enrollment.${expect.by}`)
    record.tell(ledger, outcome, 'enroll')
    if (outcome.outcome !== 'ok') return record.broken(ledger, outcome, 'enroll')
    const { reply } = outcome
    const answer = await this.#take(reply, expect)
    const knownAs = this.#knownAs(answer.seen.spkiSha256)
    ledger.record({ ...answer.seen, knownAs, kind: 'enrolled', certificate: expect.certificate })
    if (judgeEnrollment(ledger.observations(), expect, step).finding !== 'fine') return 'unfit'
    for (const certificate of answer.certificates) material.admit(certificate)
    this.#handles.set(expect.certificate, reply.enrollment)
    if (reply.kind === 'certificate') this.#chains.set(expect.certificate, answer.chain)
    return 'done'
  }

  /** Whose key it was before this scenario; from now on it is this scenario's. */
  #knownAs(key: string | null): string | null {
    if (key === null) return null
    const { scenario, material, enrolledKeys } = this.#parts
    const handedOver = material.issued.find(({ spkiPin }) => spkiPin === key)
    if (handedOver !== undefined) return `that of "${handedOver.name}", which the harness made`
    const before = enrolledKeys.get(key) ?? scenario.id
    enrolledKeys.set(key, before)
    return before === scenario.id ? null : `that of an enrollment in ${before}`
  }

  async #take(reply: EnrollReply, { certificate }: EnrollExpectation): Promise<Taken> {
    if (reply.kind === 'csr') return this.#takeRequest(reply.csrPem, certificate)
    const { scenario, material } = this.#parts
    const authority = scenario.certificates[certificate]?.issuer ?? certificate
    return takeChain(reply.chainPem, { certificate, authority }, material)
  }

  async #takeRequest(csrPem: string, certificate: string): Promise<Taken> {
    const request = readCertificationRequest(csrPem)
    if (request.read === 'unreadable') return unusable('csr', request.because)
    const { publicKey, subject, proof } = request
    const { pki, scenario, material } = this.#parts
    const { certificates } = scenario
    const issued = await pki.issueFor(certificate, certificates, publicKey, material.now)
    return {
      seen: {
        ...NOTHING_READ,
        answered: 'csr',
        unusable: null,
        key: printable(keyWords(publicKey), 60),
        exponent: shownExponent(publicKey),
        spkiSha256: keyIdentity(publicKey),
        subject: printable(subject, 300),
        proof,
      },
      certificates: [issued],
      chain: [],
    }
  }
}
