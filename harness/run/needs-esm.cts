// What `hookproof/playwright` is for `require`: a playwright.config.ts is CommonJS in a package that does
// not say otherwise, and Node's own words about it name neither the cause nor the cure.
const error = new Error(
  'hookproof/playwright is an ES module, and this configuration is not.\n' +
    '  hint: Name it playwright.config.mts (and the spec conformance.spec.mts), or put "type": "module" into package.json.',
)
// Playwright prints the stack, which would only show how it loads files.
error.stack = error.message
throw error
