import type { TargetConfig } from '../dispatcher/messages.ts'
import { KeyPool } from '../pki/key-pool.ts'
import { Pki } from '../pki/issue.ts'
import { loadScenarios } from '../scenario/load.ts'
import { settingsFrom } from './settings.ts'

/** A minimal configuration with real certificates, and the same with a key that is garbage. */
export async function sampleConfigs(): Promise<{
  readonly sample: TargetConfig
  readonly broken: TargetConfig
}> {
  const { scenarios } = loadScenarios(settingsFrom({}, {}, process.cwd()).scenarios)
  const pki = new Pki({ now: new Date(), keys: new KeyPool() })
  const material = await pki.issue(scenarios[0]?.certificates ?? {})
  const dispatcher = material.get('dispatcher')
  const chain = [dispatcher, ...material.issuersOf('dispatcher')].map((one) => one.pem).join('')
  const common = {
    url: 'https://localhost:9/hooks/doctor',
    trust_anchors_pem: material.get('root').pem,
    timeout_ms: 2000,
  }
  return {
    sample: {
      ...common,
      client_certificate: { format: 'pem', chain_pem: chain, key_pem: dispatcher.keyPem },
    },
    broken: {
      ...common,
      client_certificate: {
        format: 'pem',
        chain_pem: chain,
        key_pem: '-----BEGIN PRIVATE KEY-----\nbm90IGEga2V5\n-----END PRIVATE KEY-----\n',
      },
    },
  }
}
