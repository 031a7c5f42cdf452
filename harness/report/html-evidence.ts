import type { Observation } from '../observation/types.ts'
import { ofKind } from '../verdict/delivery.ts'
import { compare, type Comparison } from './comparison.ts'
import { html, type Html } from './markup.ts'
import type { ReportedResult } from './model.ts'
import { narrate } from './narrate.ts'
import { visible, visibleLines } from './text.ts'

const CAPTIONS: Readonly<Record<Comparison['what'], string>> = {
  delivery: 'Delivery',
  inspection: 'Inspection',
  enrollment: 'Enrollment',
}

/** Expected against seen, one table a delivery, inspection or enrollment. Differences are marked only where the scenario failed. */
export function comparisonTables(result: ReportedResult): Html {
  const comparisons = compare(result)
  if (comparisons.length === 0) return html``
  const marking = result.verdict === 'failed' || result.advisories.length > 0 ? 'marked' : 'plain'
  const tables = comparisons.map((comparison, index) => {
    const number = comparisons.slice(0, index + 1).filter((one) => one.what === comparison.what)
    const caption = `${CAPTIONS[comparison.what]} ${number.length}`
    return comparisonTable(comparison, comparisons.length > 1 ? caption : null, marking)
  })
  return html`<section>
    <h4>Expected and seen</h4>
    ${tables}
  </section>`
}

function comparisonTable(
  comparison: Comparison,
  caption: string | null,
  marking: 'marked' | 'plain',
): Html {
  const heading =
    caption === null
      ? null
      : html`<caption>
          ${caption}
        </caption>`
  if (comparison.state === 'never-begun') {
    return html`<table class="compare">
      ${heading}
      <tbody>
        <tr>
          <td>This ${comparison.what} was never begun.</td>
        </tr>
      </tbody>
    </table>`
  }
  const rows = comparison.rows.map((row) => {
    const differs = marking === 'marked' && row.mark === 'differs'
    return html`<tr class="${differs ? 'differs' : 'agrees'}">
      <th scope="row">${row.what}</th>
      <td data-label="Expected">${row.expected}</td>
      <td data-label="Seen">
        ${visible(row.seen)}${differs ? html` <span class="differs-word">differs</span>` : null}
      </td>
    </tr>`
  })
  return html`<table class="compare">
    ${heading}
    <thead>
      <tr>
        <td></td>
        <th scope="col">Expected</th>
        <th scope="col">Seen</th>
      </tr>
    </thead>
    <tbody>
      ${rows}
    </tbody>
  </table>`
}

/** The sentence, and behind it what a closer look shows. */
function closer(text: string, pairs: readonly (readonly [string, string])[]): Html {
  if (pairs.length === 0) return html`<p class="nothing-closer">${text}</p>`
  const entries = pairs.map(
    ([name, value]) =>
      html`<div>
        <dt>${visible(name)}</dt>
        <dd>${visible(value)}</dd>
      </div>`,
  )
  return html`<details class="closer">
    <summary>${text}</summary>
    <dl>${entries}</dl>
  </details>`
}

function evidenceRow(seen: Observation, mark: 'unmet' | 'plain'): Html {
  const narration = narrate(seen)
  const connection =
    'connection' in seen ? html`<span class="connection">#${seen.connection}</span>` : null
  const tone = mark === 'unmet' ? 'trouble' : narration.tone
  return html`<tr class="${tone} ${seen.kind}">
    <td class="at">${seen.at.toFixed(1)}</td>
    <td class="who">${narration.actor}${connection}</td>
    <td>${closer(visible(narration.text), narration.details)}</td>
  </tr>`
}

/** Everything that was seen, in order: when, who, what. */
export function evidenceTable(result: ReportedResult, unmetBy: ReadonlySet<Observation>): Html {
  if (result.observations.length === 0) return html``
  return html`<table class="evidence">
    <thead>
      <tr>
        <th scope="col" class="at">ms</th>
        <th scope="col">Who</th>
        <th scope="col">What happened</th>
      </tr>
    </thead>
    <tbody>
      ${result.observations.map((seen) => evidenceRow(seen, unmetBy.has(seen) ? 'unmet' : 'plain'))}
    </tbody>
  </table>`
}

/** What the adapter told, attempt by attempt, in the dispatcher's own words. */
export function adapterAccount(result: ReportedResult): Html {
  const replies = ofKind(result.observations, 'reply')
  if (replies.length === 0) return html``
  const tables = replies.map((reply) => {
    const rows = reply.attempts.map(
      (attempt) =>
        html`<tr>
          <td data-label="Stage">${attempt.stage}</td>
          <td data-label="Reason">${attempt.reason ?? '–'}</td>
          <td data-label="Status">${attempt.status ?? '–'}</td>
          <td data-label="In its own words" class="native">
            ${attempt.native === null ? '–' : html`<q>${visible(attempt.native)}</q>`}
          </td>
        </tr>`,
    )
    return html`<p>
        It said <b>${reply.disposition}</b> for event <code>${visible(reply.eventId)}</code>.
      </p>
      <table class="attempts">
        <thead>
          <tr>
            <th scope="col">Stage</th>
            <th scope="col">Reason</th>
            <th scope="col">Status</th>
            <th scope="col">In its own words</th>
          </tr>
        </thead>
        <tbody>
          ${rows}
        </tbody>
      </table>`
  })
  return html`<section>
    <h4>The adapter’s own account</h4>
    ${tables}
  </section>`
}

/** What the dispatcher was told: the stimulus, which holds no secrets. */
export function stimulusBlock(result: ReportedResult): Html {
  if (Object.keys(result.stimulus).length === 0) return html``
  const text = visibleLines(JSON.stringify(result.stimulus, null, 2))
  return html`<details class="told">
    <summary>What the dispatcher was told</summary>
    <pre tabindex="0">${text}</pre>
  </details>`
}
