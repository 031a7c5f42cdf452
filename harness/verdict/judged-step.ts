import type { Expectation, InspectExpectation, Step } from '../scenario/types.ts'

/**
 * What the judge needs to know of a step. Only deliveries and inspections have an expectation; of the
 * others only the place in the order counts. A report carries these, so that it can be judged again.
 */
export type JudgedStep =
  | { readonly do: 'deliver'; readonly expect: Expectation }
  | { readonly do: 'inspect'; readonly expect: InspectExpectation }
  | { readonly do: Exclude<Step['do'], 'deliver' | 'inspect'> }

/** The steps of a scenario without what only the harness needs. */
export function judgedSteps(steps: readonly Step[]): readonly JudgedStep[] {
  return steps.map((step): JudgedStep => {
    switch (step.do) {
      case 'deliver':
        return { do: 'deliver', expect: step.expect }
      case 'inspect':
        return { do: 'inspect', expect: step.expect }
      case 'reconfigure':
      case 'rotate':
      case 'reset':
      case 'wait':
        return { do: step.do }
    }
  })
}
