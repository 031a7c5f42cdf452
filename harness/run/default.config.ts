import { hookproof } from './playwright.ts'

/** The configuration of `hookproof certify` in a folder without a playwright.config.ts. */
export default hookproof()
