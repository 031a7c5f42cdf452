import { hookproof } from 'hookproof/playwright'

/** Certifies the reference dispatcher, or the one that HOOKPROOF_DISPATCHER names. */
export default hookproof()
