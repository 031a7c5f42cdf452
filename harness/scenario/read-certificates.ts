import type { CertificateDescription, Instant } from './certificate.ts'
import { FIXED_CERTIFICATES, STANDARD_CERTIFICATES } from './defaults.ts'
import { knows, type Layers } from './layers.ts'
import { merge } from './merge.ts'
import { suggestion, type Report } from './problems.ts'
import type { RawCertificate } from './raw.ts'
import { readInstant } from './units.ts'

/** Every certificate of a scenario, by name, complete. */
export type Certificates = Readonly<Record<string, CertificateDescription>>

/**
 * Completes the certificates of a scenario: follows `like`, fills in what is left and checks that
 * every name in them is that of a certificate.
 */
export function readCertificates(layers: Layers, report: Report): Certificates {
  const complete: Record<string, CertificateDescription> = {}
  for (const name of Object.keys(layers.certificates)) {
    const description = asStandard(name, layers) ?? readOwn(name, layers, report)
    if (description !== null) complete[name] = description
  }
  return complete
}

function readOwn(name: string, layers: Layers, report: Report): CertificateDescription | null {
  const raw = resolve(name, layers, report, [])
  return raw === null ? null : readCertificate(name, raw, layers, report)
}

const standard = new Map<string, CertificateDescription>()

/** The one description of a standard certificate that nobody patches; null for every other. */
function asStandard(name: string, layers: Layers): CertificateDescription | null {
  const raw = layers.certificates[name]
  if (raw === undefined || raw !== STANDARD_CERTIFICATES[name]) return null
  const known = standard.get(name)
  if (known !== undefined) return known
  const description = readCertificate(name, raw, layers, () => undefined)
  standard.set(name, description)
  return description
}

function placeOf(name: string, layers: Layers) {
  return layers.places[name] ?? ['certificates', name]
}

/** The certificate with the one that it is like laid under it; null when there is none. */
function resolve(
  name: string,
  layers: Layers,
  report: Report,
  asked: readonly string[],
): RawCertificate | null {
  const raw = knows(layers, name) === 'known' ? layers.certificates[name] : undefined
  const place = placeOf(name, layers)
  if (raw === undefined) return null
  if (raw.like === undefined) {
    if (Object.hasOwn(STANDARD_CERTIFICATES, name)) {
      if (FIXED_CERTIFICATES.includes(name) && layers.places[name] !== undefined) {
        report(
          place,
          `"${name}" is in the adapter's own trust store since it started, and cannot be patched; describe another with like: ${name}`,
        )
      }
      return raw
    }
    const names = Object.keys(STANDARD_CERTIFICATES)
    report(
      place,
      `no standard certificate is called "${name}"${suggestion(name, names)}; a new one says which one it is like; standard: ${names.join(', ')}`,
    )
    return null
  }
  if ([...asked, name].includes(raw.like)) {
    report(
      [...place, 'like'],
      `"${raw.like}" is like itself: ${[...asked, name, raw.like].join(' → ')}`,
    )
    return null
  }
  if (knows(layers, raw.like) === 'unknown') {
    unknownName(raw.like, layers, [...place, 'like'], report)
    return null
  }
  const model = resolve(raw.like, layers, report, [...asked, name])
  if (model === null) return null
  const own = model.issuer === raw.like ? { ...model, issuer: name } : model
  return merge(own, raw)
}

/** Reports a name that no certificate of the scenario has. */
export function unknownName(
  name: string,
  layers: Layers,
  place: readonly (string | number)[],
  report: Report,
): void {
  const names = Object.keys(layers.certificates)
  report(
    place,
    `no certificate is called "${name}"${suggestion(name, names)}; there are: ${names.join(', ')}`,
  )
}

const REFERENCES = ['issuer', 'subject-of', 'key-of', 'signed-by'] as const

function readCertificate(
  name: string,
  raw: RawCertificate,
  layers: Layers,
  report: Report,
): CertificateDescription {
  const place = placeOf(name, layers)
  for (const key of REFERENCES) {
    const referred = raw[key]
    if (referred !== undefined && knows(layers, referred) === 'unknown') {
      unknownName(referred, layers, [...place, key], report)
    }
  }
  const instant = (key: 'not-before' | 'not-after'): Instant => {
    const moment = readInstant(raw[key] ?? '')
    if (moment === null) report([...place, key], `"${raw[key] ?? ''}" is no moment there ever is`)
    return moment ?? { kind: 'relative', ms: 0 }
  }
  const constraints = raw['name-constraints'] ?? 'none'
  const basic = raw['basic-constraints'] ?? 'none'
  return {
    issuer: raw.issuer ?? name,
    subject: raw.subject === 'none' ? [] : Object.entries(raw.subject ?? {}),
    subjectOf: raw['subject-of'] ?? null,
    key: raw.key ?? 'ec-p256',
    keyOf: raw['key-of'] ?? null,
    notBefore: instant('not-before'),
    notAfter: instant('not-after'),
    signature: raw.signature ?? 'sha256',
    signedBy: raw['signed-by'] ?? null,
    subjectAlternativeNames: raw['subject-alternative-names'] ?? 'none',
    extendedKeyUsage: raw['extended-key-usage'] ?? 'none',
    keyUsage: raw['key-usage'] ?? 'none',
    basicConstraints:
      basic === 'none'
        ? 'none'
        : {
            authority: basic.authority ?? 'end-entity',
            ...(basic['path-length'] === undefined ? {} : { pathLength: basic['path-length'] }),
          },
    nameConstraints:
      constraints === 'none'
        ? 'none'
        : { permitted: [], excluded: [], criticality: 'critical', ...constraints },
    authorityKeyIdentifier: raw['authority-key-identifier'] ?? 'matching',
    subjectKeyIdentifier: raw['subject-key-identifier'] ?? 'matching',
    serial: raw.serial ?? 'random',
    version: raw.version ?? 3,
    extensions: raw.extensions ?? [],
    tamper: raw.tamper ?? 'none',
    enrollment: raw.enrollment ?? 'none',
  }
}
