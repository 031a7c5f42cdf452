import type { CertificateDescription, GeneralName } from '../../scenario/certificate.ts'
import type { Scenario } from '../../scenario/types.ts'

/** The host that scenarios name. */
const HOME = 'localhost'

/**
 * The certificates of a scenario with another host wherever they name ours: the host itself, what is below
 * it, and the octets of it in a name that is written in hexadecimal. What deviates still does, since every
 * name keeps its relation to the host. Pure.
 */
export function relocated(
  certificates: Scenario['certificates'],
  host: string,
): Scenario['certificates'] {
  return Object.fromEntries(
    Object.entries(certificates).map(([name, one]) => [name, movedTo(host, one)]),
  )
}

function movedTo(host: string, one: CertificateDescription): CertificateDescription {
  const names = (all: readonly GeneralName[]) => all.map((name) => movedName(host, name))
  return {
    ...one,
    subject: one.subject.map(([attribute, value]) => [attribute, movedHost(host, value)] as const),
    subjectAlternativeNames:
      one.subjectAlternativeNames === 'none' ? 'none' : names(one.subjectAlternativeNames),
    nameConstraints:
      one.nameConstraints === 'none'
        ? 'none'
        : {
            ...one.nameConstraints,
            permitted: names(one.nameConstraints.permitted),
            excluded: names(one.nameConstraints.excluded),
          },
  }
}

function movedName(host: string, name: GeneralName): GeneralName {
  if ('dns' in name) return { dns: movedHost(host, name.dns) }
  if (!('raw' in name)) return name
  const hex = (text: string) => Buffer.from(text).toString('hex')
  return { raw: { ...name.raw, hex: name.raw.hex.replaceAll(hex(HOME), hex(host)) } }
}

function movedHost(host: string, text: string): string {
  if (text === HOME) return host
  return text.endsWith(`.${HOME}`) ? `${text.slice(0, -HOME.length)}${host}` : text
}
