import { unmetBy } from './comparison.ts'
import { adapterAccount, comparisonTables, evidenceTable, stimulusBlock } from './html-evidence.ts'
import { anchorOf, badge, icon, knownNote, reference } from './html-parts.ts'
import { sequenceDiagram } from './html-sequence.ts'
import { html, type Html } from './markup.ts'
import type { Report, ReportedResult } from './model.ts'
import { whySkipped } from './summary.ts'
import { duration, visible } from './text.ts'

function facts(result: ReportedResult): Html {
  const { grade, reason, control, references } = result
  const pairs: (readonly [string, Html | string])[] = [
    ...(reason === null ? [] : [['Reason', reason] as const]),
    ...(grade === null ? [] : [['Grade', grade] as const]),
    ...(control === null ? [] : [['Its control', control] as const]),
    ...(result.missing === null ? [] : [['Skipped', whySkipped(result)] as const]),
    ['Level', result.level],
    ['Profile', result.profile],
    ...(references.length === 0
      ? []
      : [
          [
            'References',
            html`<span class="references">${references.map(reference)}</span>`,
          ] as const,
        ]),
    ...(result.observations.length === 0 ? [] : [['Took', duration(result.durationMs)] as const]),
  ]
  return html`<dl class="facts small">
    ${pairs.map(
      ([name, value]) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`
}

function happened(result: ReportedResult): Html | null {
  if (result.observations.length === 0) return null
  const unmet = unmetBy(result)
  return html`<section>
    <h4>What happened</h4>
    ${sequenceDiagram(result.observations, unmet)}${evidenceTable(result, unmet)}
  </section>`
}

/** The shell line that runs a scenario alone, with a button that copies it. */
export function reproduceLine(result: ReportedResult): Html {
  return html`<div class="command">
    <code>${result.reproduce}</code
    ><button type="button" class="copy" aria-label="Copy the command for ${result.scenario}" hidden>
      Copy
    </button>
  </div>`
}

function advisories(result: ReportedResult): readonly Html[] {
  // The explanation of a passed scenario often says them already.
  const unsaid = result.advisories.filter(({ text }) => !result.explanation.includes(text))
  return unsaid.map(
    (advisory) =>
      html`<p class="advice">
        ${icon('advisory')}<span><b>Advisory.</b> ${visible(advisory.text)}</span>
      </p>`,
  )
}

/** One scenario as a fold: the line that one scans, and everything behind it. */
export function scenarioFold(result: ReportedResult): Html {
  const word = result.grade === 'loose' ? 'passed loosely' : result.verdict
  const advised =
    result.advisories.length > 0 ? html`<span class="tag advised">advisory</span>` : null
  const why = result.reason === null ? null : html`<span class="tag why">${result.reason}</span>`
  const known = result.known === undefined ? null : html`<span class="tag">known</span>`
  return html`<details
    class="scenario ${result.verdict}"
    id="${anchorOf(result.scenario)}"
    data-verdict="${result.verdict}"
    data-level="${result.level}"
    data-profile="${result.profile}"
  >
    <summary>
      ${badge(result.verdict, word)}
      <span class="what"
        ><span class="title">${visible(result.title)}</span
        ><code class="id">${result.scenario}</code></span
      >
      <span class="tags"
        >${why}${known}${advised}<span class="tag level">${result.level}</span></span
      >
    </summary>
    <div class="inside">
      <p class="lead">${result.explanation}</p>
      ${knownNote(result)} ${advisories(result)} ${facts(result)} ${comparisonTables(result)}
      ${happened(result)} ${adapterAccount(result)} ${stimulusBlock(result)}
      <section>
        <h4>Run it alone</h4>
        ${reproduceLine(result)}
      </section>
    </div>
  </details>`
}

/** All scenarios, by topic, in the order of the plan. */
export function topicSections(report: Report): readonly Html[] {
  const topics = new Map<string, ReportedResult[]>()
  for (const result of report.results) {
    topics.set(result.topic, [...(topics.get(result.topic) ?? []), result])
  }
  return [...topics].map(([topic, results]) => {
    const passed = results.filter((result) => result.verdict === 'passed').length
    return html`<section class="topic">
      <h3>${visible(topic)} <span class="of">${passed} of ${results.length} passed</span></h3>
      ${results.map(scenarioFold)}
    </section>`
  })
}
