import type { DispatcherSetup } from '../../scenario/setup.ts'
import { BUNDLE_FILES, setUpAlike, type Bundle, type BundlePart } from './bundle.ts'
import type { Watched } from './watch.ts'

/** A way to set the dispatcher up, and the URLs for which it is the right one. */
export interface Configuration {
  /** Name of the folder with its files. */
  readonly folder: string
  /** What is to be set up, and the certificates that it names. */
  readonly dispatcher: DispatcherSetup
  readonly endpoints: readonly [Watched, ...Watched[]]
}

/** The endpoints by how a dispatcher is set up for them, the most common way first. Pure. */
export function configurationsOf(watched: readonly Watched[]): readonly Configuration[] {
  const alike = new Map<string, [Watched, ...Watched[]]>()
  for (const one of watched) {
    const key = setUpAlike(one.scenarios[0].dispatcher, one.material)
    const others = alike.get(key)
    if (others === undefined) alike.set(key, [one])
    else others.push(one)
  }
  return [...alike.values()]
    .sort((one, other) => other.length - one.length)
    .map((endpoints, index) => ({
      folder: `setup-${index + 1}`,
      dispatcher: endpoints[0].scenarios[0].dispatcher,
      endpoints,
    }))
}

/** What `instructions.json` says that it is. */
export const INSTRUCTIONS_SCHEMA = 'hookproof.observe/v1'

/**
 * `instructions.json`, for a script that registers the URLs. It tells no more than a dispatcher may know:
 * URLs, and files by {@link BundlePart} relative to the folder.
 */
export interface Instructions {
  readonly schema: typeof INSTRUCTIONS_SCHEMA
  readonly setups: readonly {
    readonly folder: string
    readonly files: Readonly<Partial<Record<BundlePart, string>>>
    readonly endpoints: readonly { readonly number: number; readonly url: string }[]
  }[]
}

/** Instructions for a program. Pure. */
export function instructionsFor(
  configurations: readonly Configuration[],
  bundles: ReadonlyMap<string, Bundle>,
): Instructions {
  return {
    schema: INSTRUCTIONS_SCHEMA,
    setups: configurations.map(({ folder, endpoints }) => ({
      folder,
      files: Object.fromEntries(
        [...(bundles.get(folder) ?? new Map<BundlePart, string>()).keys()].map((part) => [
          part,
          `${folder}/${BUNDLE_FILES[part]}`,
        ]),
      ),
      endpoints: endpoints.map(({ number, url }) => ({ number, url })),
    })),
  }
}

/** Which files belong together, as a person reads them. */
const WAYS: readonly { readonly parts: readonly BundlePart[]; readonly words: string }[] = [
  { parts: ['certificate-chain', 'private-key'], words: 'PEM: the chain and its private key' },
  { parts: ['pkcs12', 'passphrase'], words: 'PKCS#12, AES-256' },
  { parts: ['pkcs12-legacy', 'passphrase'], words: 'PKCS#12 as older programs read it, 3DES' },
  { parts: ['jks', 'passphrase'], words: 'JKS' },
]

/** The same for a person: `instructions.txt`. Pure. */
export function instructionsText({ setups }: Instructions): string {
  const many = setups.length > 1
  const parts = setups.map(({ folder, files, endpoints }, index) => {
    const trust = files['trust-anchors']
    const { crls, pins } = files
    const ways = WAYS.filter(({ parts: [first] }) => first !== undefined && first in files)
    return [
      many ? `Setup ${index + 1}, folder ${folder}` : `The setup, folder ${folder}`,
      '',
      ...(trust === undefined ? [] : ['  Trust, and nothing else:', `    ${trust}`]),
      ...(crls === undefined
        ? []
        : ['  Check the whole path of a server against these CRLs:', `    ${crls}`]),
      ...(pins === undefined
        ? []
        : ['  Pin these public keys (SHA-256 of the SPKI, base64):', `    ${pins}`]),
      ...(ways.length === 0
        ? ['  Client certificate: none']
        : [`  Client certificate${ways.length > 1 ? ', in the one form that suits you' : ''}:`]),
      ...ways.map(({ parts: names, words }) => {
        const listed = names.flatMap((name) => files[name] ?? [])
        return `    ${listed.join(' + ')}  (${words})`
      }),
      '',
      `  Webhook URLs, ${endpoints.length === 1 ? 'one' : `all ${endpoints.length}`} with this setup:`,
      ...endpoints.map(({ number, url }) => `    ${`${number}`.padStart(3)}  ${url}`),
    ].join('\n')
  })
  return `Set your product up to send webhooks to these URLs, then trigger one event.

${parts.join('\n\n')}

The order does not matter; some of the URLs have to be refused, so errors are to be expected.
Keys and certificates were made for this run. The folder is removed when it ends.
`
}
