import { expect, test } from '@playwright/test'
import { credentials, post, seen } from '../endpoint/test-support.ts'
import { stand } from './test-support.ts'

const VERSIONS = ['TLSv1.2', 'TLSv1.3'] as const
const BODY = '{"id":"evt_0123456789abcdef"}'

const NO_CERTIFICATE_PAGE = `<html>\r
<head><title>400 No required SSL certificate was sent</title></head>\r
<body>\r
<center><h1>400 Bad Request</h1></center>\r
<center>No required SSL certificate was sent</center>\r
<hr><center>nginx</center>\r
</body>\r
</html>\r
`

for (const version of VERSIONS) {
  const only = { minVersion: version, maxVersion: version }

  test(`${version}: http-400 after the handshake is nginx's page, with the request on record`, async () => {
    await using standing = await stand(only)
    expect(await standing.deliver('none')).toMatchObject({
      status: 400,
      body: NO_CERTIFICATE_PAGE,
      headers: { server: 'nginx', 'content-type': 'text/html', connection: 'close' },
    })
    expect(await standing.deliver('expired-dispatcher')).toMatchObject({
      status: 400,
      body: expect.stringContaining('<center>The SSL certificate error</center>'),
    })
    expect(seen(standing.ledger, 'request')).toMatchObject([
      { method: 'POST', answered: 400, by: 'terminator', bodyBytes: 0, eventId: null },
      { method: 'POST', answered: 400, by: 'terminator', bodyBytes: 0, eventId: null },
    ])
    expect(seen(standing.ledger, 'connection-closed')).toMatchObject([
      { how: 'fin' },
      { how: 'fin' },
    ])
  })

  test(`${version}: http-400 after the body has read the event`, async () => {
    await using standing = await stand({ ...only, rejectMoment: 'after-body' })
    expect(await standing.deliver('none')).toMatchObject({ status: 400 })
    expect(seen(standing.ledger, 'request')).toMatchObject([
      { answered: 400, by: 'terminator', bodyBytes: BODY.length, eventId: 'evt_0123456789abcdef' },
    ])
  })

  test(`${version}: a large body does not turn the 400 into a reset`, async () => {
    await using standing = await stand(only)
    const body = Buffer.alloc(5_000_000, 'x')
    const options = await credentials('none')
    for (let round = 0; round < 5; round++) {
      expect(await post(standing.url, options, body)).toMatchObject({ status: 400 })
    }
  })

  for (const [rejectMoment, bodyBytes] of [
    ['after-handshake', 0],
    ['after-body', BODY.length],
  ] as const) {
    test(`${version}: close ${rejectMoment} is a FIN without an answer`, async () => {
      await using standing = await stand({ ...only, rejectStyle: 'close', rejectMoment })
      expect(await standing.deliver('none')).toEqual({ error: 'ECONNRESET' })
      expect(seen(standing.ledger, 'request')).toMatchObject([
        { answered: 0, by: 'terminator', bodyBytes },
      ])
      expect(seen(standing.ledger, 'connection-closed')).toMatchObject([
        { by: 'endpoint', how: 'fin' },
      ])
    })

    test(`${version}: reset ${rejectMoment} is a RST`, async () => {
      await using standing = await stand({ ...only, rejectStyle: 'reset', rejectMoment })
      expect(await standing.deliver('none')).toEqual({ error: 'ECONNRESET' })
      expect(seen(standing.ledger, 'request')).toMatchObject([
        { answered: 0, by: 'terminator', bodyBytes },
      ])
      expect(seen(standing.ledger, 'connection-closed')).toMatchObject([
        { by: 'endpoint', how: 'reset' },
      ])
    })
  }
}

test('close after the handshake counts what the dispatcher had sent by then', async () => {
  await using standing = await stand({ rejectStyle: 'close', minVersion: 'TLSv1.3' })
  await standing.deliver('none')
  const [closed] = seen(standing.ledger, 'connection-closed')
  expect(closed?.decryptedBytes).toBeGreaterThan(BODY.length)
})
