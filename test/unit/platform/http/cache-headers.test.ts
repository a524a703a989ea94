import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { cacheHeaders } from '../../../../src/platform/http/cache-headers.js';
import { urlsOf } from '../../../support/urls-of.js';
import { transportHeaders } from '../../../../src/platform/http/transport-headers.js';

const CREDENTIALS = { Vary: 'Authorization, Cookie' };
const PRIVATE = { ...CREDENTIALS, 'Cache-Control': 'private, no-cache' };

describe('responses', () => {
  const anonymous = { caller: {}, adminAccess: 'missing' };
  const ann = { caller: { accountId: '7', name: 'ann', role: 'write' }, adminAccess: 'missing' };
  const requests = {
    'no caller yet': {},
    'an anonymous caller': anonymous,
    'an anonymous caller with a wrong admin token': { ...anonymous, adminAccess: 'wrong' },
    'a signed-in caller': ann,
    'an administrator': { ...anonymous, adminAccess: 'granted' },
    'a capability': { ...anonymous, grant: 'x' },
    'credentials of a route': { ...anonymous, bearer: 'x' },
  } as const;

  it.each<[keyof typeof requests, string | undefined, Record<string, string>]>([
    ['no caller yet', undefined, {}],
    ['no caller yet', 'no-store', {}],
    ['an anonymous caller', undefined, CREDENTIALS],
    ['an anonymous caller', 'no-store', CREDENTIALS],
    ['an anonymous caller', 'public, max-age=300', {}],
    ['an anonymous caller with a wrong admin token', undefined, CREDENTIALS],
    ['a signed-in caller', undefined, PRIVATE],
    ['a signed-in caller', 'no-store', CREDENTIALS],
    ['a signed-in caller', 'private, max-age=60', CREDENTIALS],
    ['a signed-in caller', 'public, max-age=31536000, immutable', {}],
    ['an administrator', undefined, PRIVATE],
    ['a capability', undefined, PRIVATE],
    ['credentials of a route', undefined, PRIVATE],
  ])('to %s with Cache-Control %j', (from, cacheControl, headers) => {
    expect(cacheHeaders(requests[from] as unknown as IncomingMessage, cacheControl, [])).toEqual(headers);
  });

  it('keep their own Vary', () => {
    const headers = cacheHeaders(ann as unknown as IncomingMessage, undefined, ['Host', 'Accept']);
    expect(headers).toMatchObject({ Vary: 'Authorization, Cookie, Host, Accept' });
  });
});

it.each([
  ['https://hub.example.com/hub', true, { 'Strict-Transport-Security': 'max-age=31536000' }],
  ['https://hub.example.com', false, {}],
  ['http://hub.example.com', true, {}],
])('HSTS of %s with KOHAKU_HUB_HSTS=%s', (baseUrl, hsts, headers) => {
  expect(transportHeaders(urlsOf(baseUrl), hsts)).toEqual(headers);
});
