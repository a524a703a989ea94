import { relayFileHeaders } from '../../../../src/repos/read/relay-headers.js';

it('relays the headers that describe a file', () => {
  const headers = {
    'content-type': 'application/json',
    'content-length': '7',
    'content-range': 'bytes 0-6/10',
    'content-disposition': 'inline; filename="a"',
    'last-modified': 'Wed, 21 Oct 2026 07:28:00 GMT',
    'x-repo-commit': 'a'.repeat(40),
    'x-linked-size': '10',
  };
  expect(relayFileHeaders({ ...headers, etag: '"e"' })).toEqual({
    ...headers,
    etag: '"e"',
    'accept-ranges': 'bytes',
  });
});

it.each([
  'set-cookie',
  'x-xet-hash',
  'x-xet-refresh-route',
  'link',
  'location',
  'strict-transport-security',
  'content-security-policy',
  'access-control-allow-origin',
  'x-error-code',
  'x-powered-by',
  'via',
  'transfer-encoding',
  'content-encoding',
  'clear-site-data',
])('does not relay %s', (name) => expect(relayFileHeaders({ [name]: 'x' })).toEqual({ 'accept-ranges': 'bytes' }));

it.each([
  [{ etag: 'abc' }, { etag: '"abc"' }],
  [{ etag: 'W/"abc"' }, { etag: '"abc"' }],
  [
    { etag: '"cdn"', 'x-linked-etag': 'W/"sha"' },
    { etag: '"sha"', 'x-linked-etag': '"sha"' },
  ],
  [{ 'x-linked-etag': 'sha' }, { etag: '"sha"', 'x-linked-etag': '"sha"' }],
  [{}, {}],
])('returns a strong quoted ETag, from the linked file if there is one: %j', (headers, relayed) =>
  expect(relayFileHeaders(headers as Record<string, string>)).toEqual({ 'accept-ranges': 'bytes', ...relayed }),
);
