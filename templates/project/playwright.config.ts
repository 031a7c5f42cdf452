import { hookproof } from 'hookproof/playwright'

// `npx playwright test` certifies the dispatcher behind the adapter and writes conformance-report/.
// Every option is described in its type; HOOKPROOF_DISPATCHER and HOOKPROOF_ENGINE win over these.
export default hookproof({
  // A command line (split into words as a shell does it, no shell run), a URL, or a .yaml description.
  dispatcher: '{{dispatcher}}',
  // Where {{spec}} is. Tests of your own may stand beside it.
  testDir: '.',
  // Folders with scenarios of your own, run together with hookproof's:
  // scenarios: ['./my-scenarios'],
})
