import type { Observation } from '../observation/types.ts'
import { html, type Html } from './markup.ts'
import { narrate } from './narrate.ts'
import { actorOf, type Actor, type Narration } from './narration.ts'
import { clip, visible } from './text.ts'

/** Most rows of one diagram; the table below it has everything. */
const LIMIT = 60
const ROW = 34
const HEAD = 46
const GUTTER = 64
/** About the width of one character of a label, in user units. */
const CHARACTER = 6.6

/** Who has a lifeline, in the order of the columns. */
type Lane = 'dispatcher' | 'endpoint' | 'token server' | 'elsewhere'
const LANES: readonly Lane[] = ['dispatcher', 'endpoint', 'token server', 'elsewhere']

/** One row of the diagram. */
type Stroke = {
  readonly at: number
  readonly label: string
  readonly tone: Narration['tone']
} & (
  | { readonly draw: 'band' }
  | { readonly draw: 'note'; readonly lane: Lane }
  | {
      readonly draw: 'arrow'
      readonly from: Lane
      readonly to: Lane
      readonly line: 'call' | 'answer' | 'both' | 'end'
    }
)

function laneOf(actor: Actor, seen: Observation): Lane {
  switch (actor) {
    case 'dispatcher':
    case 'endpoint':
    case 'token server':
    case 'elsewhere':
      return actor
    // The adapter speaks for the dispatcher, and the wire stands in front of a listener.
    case 'adapter':
    case 'harness':
      return 'dispatcher'
    case 'wire':
      return 'listener' in seen ? laneOf(actorOf(seen.listener), seen) : 'endpoint'
  }
}

function answered(seen: Observation, narration: Narration, base: Stroke): readonly Stroke[] {
  if (seen.kind !== 'request' && seen.kind !== 'token-request') return []
  if (base.draw !== 'arrow') return []
  const error = seen.kind === 'token-request' && seen.error !== null ? ` ${seen.error}` : ''
  const by = seen.kind === 'request' && seen.by === 'terminator' ? ' by the terminator' : ''
  const label = seen.answered === 0 ? 'no answer' : `${seen.answered}${error}${by}`
  return [{ ...base, from: base.to, to: base.from, line: 'answer', label, tone: narration.tone }]
}

function strokesOf(
  seen: Observation,
  index: number,
  all: readonly Observation[],
  unmetBy: ReadonlySet<Observation>,
): readonly Stroke[] {
  // A ClientHello says that the connection was opened.
  if (seen.kind === 'connection-opened' && isGreeted(seen.connection, all.slice(index))) return []
  const narration = narrate(seen)
  const { label } = narration
  const tone = unmetBy.has(seen) ? 'trouble' : narration.tone
  const same = { at: seen.at, label, tone }
  if (narration.actor === 'harness') return [{ ...same, draw: 'band' }]
  const from = laneOf(narration.actor, seen)
  if (narration.actor === 'adapter') {
    return [{ ...same, label: `adapter ${label}`, draw: 'note', lane: from }]
  }
  if (narration.direction.way === 'at-home') return [{ ...same, draw: 'note', lane: from }]
  const line =
    seen.kind === 'handshake' ? 'both' : seen.kind === 'connection-closed' ? 'end' : 'call'
  const to = laneOf(narration.direction.whom, seen)
  const base: Stroke = { ...same, draw: 'arrow', from, to, line }
  // The answer makes a request trouble, not the request itself.
  const call = seen.kind === 'request' || seen.kind === 'token-request'
  const asked: Stroke = call && !unmetBy.has(seen) ? { ...base, tone: 'plain' } : base
  return [asked, ...answered(seen, narration, base)]
}

function isGreeted(connection: number, later: readonly Observation[]): boolean {
  return later.some((one) => one.kind === 'client-hello' && one.connection === connection)
}

interface Canvas {
  readonly width: number
  readonly x: ReadonlyMap<Lane, number>
}

function canvasFor(strokes: readonly Stroke[]): Canvas {
  const used = new Set(
    strokes.flatMap((stroke) =>
      stroke.draw === 'arrow'
        ? [stroke.from, stroke.to]
        : stroke.draw === 'note'
          ? [stroke.lane]
          : [],
    ),
  )
  const lanes = LANES.filter(
    (lane) => lane === 'dispatcher' || lane === 'endpoint' || used.has(lane),
  )
  const gap = lanes.length === 2 ? 440 : lanes.length === 3 ? 330 : 250
  return {
    width: GUTTER + 60 + gap * (lanes.length - 1) + 90,
    x: new Map(lanes.map((lane, index) => [lane, GUTTER + 60 + gap * index])),
  }
}

function drawArrow(stroke: Extract<Stroke, { draw: 'arrow' }>, y: number, canvas: Canvas): Html {
  const from = canvas.x.get(stroke.from) ?? 0
  const to = canvas.x.get(stroke.to) ?? 0
  const room = Math.floor((Math.abs(to - from) - 30) / CHARACTER)
  const inset = to > from ? 7 : -7
  const start = stroke.line === 'both' ? html` marker-start="url(#arrow-${stroke.tone})"` : null
  const end = stroke.line === 'end' ? 'cross' : 'arrow'
  return html`<line
      class="${stroke.line} ${stroke.tone}"
      x1="${from + (stroke.line === 'both' ? inset : 0)}"
      y1="${y}"
      x2="${to - inset}"
      y2="${y}"
      marker-end="url(#${end}-${stroke.tone})"
      ${start}
    />
    <text class="label ${stroke.tone}" x="${(from + to) / 2}" y="${y - 6}"
      >${clip(visible(stroke.label), room)}</text
    >`
}

function drawNote(stroke: Extract<Stroke, { draw: 'note' }>, y: number, canvas: Canvas): Html {
  const lane = canvas.x.get(stroke.lane) ?? 0
  const room = Math.floor((canvas.width - GUTTER - 40) / CHARACTER)
  const text = clip(visible(stroke.label), room)
  const width = text.length * CHARACTER + 22
  const left = Math.max(GUTTER + 4, Math.min(lane - 14, canvas.width - width - 6))
  return html`<rect
      class="note ${stroke.tone}"
      x="${left}"
      y="${y - 17}"
      width="${width.toFixed(0)}"
      height="22"
      rx="4"
    />
    <text class="inside ${stroke.tone}" x="${left + 11}" y="${y - 2}">${text}</text>`
}

function drawBand(stroke: Stroke, y: number, canvas: Canvas): Html {
  const text = clip(visible(stroke.label), Math.floor((canvas.width - GUTTER) / CHARACTER) - 4)
  return html`<line
      class="band ${stroke.tone}"
      x1="${GUTTER}"
      y1="${y - 6}"
      x2="${canvas.width - 4}"
      y2="${y - 6}"
    />
    <text class="step ${stroke.tone}" x="${GUTTER + 2}" y="${y - 11}">${text}</text>`
}

function draw(stroke: Stroke, y: number, canvas: Canvas): Html {
  switch (stroke.draw) {
    case 'arrow':
      return drawArrow(stroke, y, canvas)
    case 'note':
      return drawNote(stroke, y, canvas)
    case 'band':
      return drawBand(stroke, y, canvas)
  }
}

/** The arrow heads that the diagrams refer to; once a page. */
export function sequenceMarkers(): Html {
  const tones = ['plain', 'trouble'].map(
    (tone) =>
      html`<marker
          id="arrow-${tone}"
          class="${tone}"
          viewBox="0 0 8 8"
          refX="7"
          refY="4"
          markerUnits="userSpaceOnUse"
          markerWidth="9"
          markerHeight="9"
          orient="auto-start-reverse"
          ><path d="M0 .5L8 4 0 7.500z"
        /></marker>
        <marker
          id="cross-${tone}"
          class="${tone} cross"
          viewBox="0 0 8 8"
          refX="4"
          refY="4"
          markerWidth="9"
          markerHeight="9"
          ><path d="M1 1l6 6M7 1L1 7"
        /></marker>`,
  )
  return html`<svg class="sheet" aria-hidden="true" width="0" height="0">
    <defs>${tones}</defs>
  </svg>`
}

/**
 * The ledger as a sequence diagram; empty where nothing was seen. The table beside it says the same in
 * words. What is among `unmetBy` stands out.
 */
export function sequenceDiagram(
  observations: readonly Observation[],
  unmetBy: ReadonlySet<Observation>,
): Html {
  const all = observations.flatMap((seen, index) => strokesOf(seen, index, observations, unmetBy))
  if (all.length === 0) return html``
  const strokes = all.slice(0, LIMIT)
  const canvas = canvasFor(strokes)
  const more = all.length - strokes.length
  const height = HEAD + strokes.length * ROW + (more > 0 ? ROW : 0) + 8
  const lifelines = [...canvas.x].map(
    ([lane, x]) =>
      html`<line class="life" x1="${x}" y1="30" x2="${x}" y2="${height - 4}" />
        <rect class="head" x="${x - 54}" y="4" width="108" height="26" rx="5" />
        <text class="who" x="${x}" y="21">${lane}</text>`,
  )
  const rows = strokes.map((stroke, index) => {
    const y = HEAD + index * ROW + 24
    const before = strokes[index - 1]
    const time =
      before?.at === stroke.at
        ? null
        : html`<text class="time" x="${GUTTER - 14}" y="${y - (stroke.draw === 'arrow' ? -4 : 2)}"
            >${stroke.at.toFixed(1)}</text
          >`
    return html`<g>${time}${draw(stroke, y, canvas)}</g>`
  })
  const rest =
    more > 0
      ? html`<text class="inside" x="${GUTTER}" y="${height - 14}"
          >… and ${more} more, in the table</text
        >`
      : null
  return html`<figure
    class="sequence"
    tabindex="0"
    role="group"
    aria-label="Sequence diagram; the table of evidence says the same in words"
  >
    <svg
      viewBox="0 0 ${canvas.width} ${height}"
      width="${canvas.width}"
      height="${height}"
      aria-hidden="true"
    >
      ${lifelines}${rows}${rest}
    </svg>
  </figure>`
}
