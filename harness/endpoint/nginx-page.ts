import { STATUS_CODES } from 'node:http'

const page = (title: string, heading: string, extra: readonly string[]): string =>
  [
    '<html>',
    `<head><title>${title}</title></head>`,
    '<body>',
    `<center><h1>${heading}</h1></center>`,
    ...extra,
    '<hr><center>nginx</center>',
    '</body>',
    '</html>',
    '',
  ].join('\r\n')

/** nginx's page for a required client certificate that was not sent (its internal status 496). */
export const NO_CERTIFICATE_PAGE = page(
  '400 No required SSL certificate was sent',
  '400 Bad Request',
  ['<center>No required SSL certificate was sent</center>'],
)

/** nginx's page for a client certificate that does not verify (its internal status 495). */
export const BAD_CERTIFICATE_PAGE = page('400 The SSL certificate error', '400 Bad Request', [
  '<center>The SSL certificate error</center>',
])

/** nginx's page for an origin that answers nothing that is HTTP. */
export const BAD_GATEWAY_PAGE = page('502 Bad Gateway', '502 Bad Gateway', [])

/** A whole answer around a page, as `server_tokens off` sends it; it announces the close. */
export function nginxAnswer(status: 400 | 502, html: string, now: Date): string {
  return [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    'Server: nginx',
    `Date: ${now.toUTCString()}`,
    'Content-Type: text/html',
    `Content-Length: ${Buffer.byteLength(html)}`,
    'Connection: close',
    '',
    html,
  ].join('\r\n')
}
