import type { EnrollExpectation, Expectation, InspectExpectation, Step } from '../scenario/types.ts'

/**
 * What the judge needs to know of a step. Only deliveries, inspections and enrollments have an expectation;
 * of the others only the place in the order counts. A report carries these, so that it can be judged again.
 */
export type JudgedStep =
  | { readonly do: 'deliver'; readonly expect: Expectation }
  | { readonly do: 'inspect'; readonly expect: InspectExpectation }
  | { readonly do: 'enroll'; readonly expect: EnrollExpectation }
  | { readonly do: Exclude<Step['do'], 'deliver' | 'inspect' | 'enroll'> }

/** The steps of a scenario without what only the harness needs. */
export function judgedSteps(steps: readonly Step[]): readonly JudgedStep[] {
  return steps.map((step): JudgedStep => {
    switch (step.do) {
      case 'deliver':
        return { do: 'deliver', expect: step.expect }
      case 'inspect':
        return { do: 'inspect', expect: step.expect }
      case 'enroll':
        return { do: 'enroll', expect: step.expect }
      case 'reconfigure':
      case 'rotate':
      case 'reset':
      case 'wait':
        return { do: step.do }
    }
  })
}
