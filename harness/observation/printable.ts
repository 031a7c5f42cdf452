/**
 * What a stranger sent, fit for a report: printable ASCII, everything else as `\xNN` or `\u{N}`, and at
 * most `limit` characters (default 200), with an ellipsis where it was cut.
 */
export function printable(text: string, limit = 200): string {
  const cut = text.length > limit
  const escaped = text
    .slice(0, limit)
    .replace(/\\/g, '\\\\')
    .replace(/[^\x20-\x7e]/gu, (character) => {
      const code = character.codePointAt(0) ?? 0
      return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`
    })
  return cut ? `${escaped}…` : escaped
}
