/** What `nginx -V` says, for the report: nginx's version and that of its OpenSSL. */
export function nginxVersions(output: string): Readonly<Record<string, string>> {
  return {
    nginx: /nginx\/([\d.]+)/.exec(output)?.[1] ?? 'unknown',
    'nginx-openssl': opensslIn(output, /running with OpenSSL ([\w.]+)|built with OpenSSL ([\w.]+)/),
  }
}

/** What `haproxy -vv` says. */
export function haproxyVersions(output: string): Readonly<Record<string, string>> {
  return {
    haproxy: /HAProxy version ([\d.]+)/.exec(output)?.[1] ?? 'unknown',
    'haproxy-openssl': opensslIn(output, /Running on OpenSSL version : OpenSSL ([\w.]+)/),
  }
}

function opensslIn(output: string, pattern: RegExp): string {
  const found = pattern.exec(output)
  return found?.[1] ?? found?.[2] ?? 'unknown'
}
