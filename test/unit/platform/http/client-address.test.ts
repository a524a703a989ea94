import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import express from 'express';
import { clientAddress, networkOf } from '../../../../src/platform/http/client-address.js';
import { requestLogFields } from '../../../../src/platform/http/request-log.js';

function request(trustedProxies: string, peer: string | undefined, forwarded?: string): IncomingMessage {
  const app = express();
  app.set('trust proxy', trustedProxies === '' ? [] : trustedProxies.split(','));
  const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded };
  return Object.setPrototypeOf(
    { headers, method: 'GET', url: '/', socket: { remoteAddress: peer } },
    app.request as object,
  ) as IncomingMessage;
}

describe('the address of the client', () => {
  it.each([
    // trusted proxies, peer, X-Forwarded-For, address
    ['', '192.0.2.1', undefined, '192.0.2.1'],
    ['', '192.0.2.1', '203.0.113.9', '192.0.2.1'],
    ['', '::ffff:192.0.2.1', undefined, '192.0.2.1'],
    ['', '2001:DB8::1', undefined, '2001:db8::1'],
    ['', undefined, '203.0.113.9', ''],
    ['10.0.0.0/8', '192.0.2.1', '203.0.113.9', '192.0.2.1'],
    ['10.0.0.0/8', '10.0.0.5', undefined, '10.0.0.5'],
    ['10.0.0.0/8', '10.0.0.5', '203.0.113.9', '203.0.113.9'],
    ['10.0.0.0/8', '::ffff:10.0.0.5', '203.0.113.9', '203.0.113.9'],
    ['10.0.0.0/8', '10.0.0.5', '198.51.100.7, 203.0.113.9', '203.0.113.9'],
    ['10.0.0.0/8', '10.0.0.5', '198.51.100.7, 203.0.113.9, 10.2.0.1', '203.0.113.9'],
    ['10.0.0.0/8', '10.0.0.5', '10.3.0.1, 10.2.0.1', '10.3.0.1'],
    ['10.0.0.5,fd00::/8', 'fd00::7', '2001:db8::1', '2001:db8::1'],
    ['10.0.0.0/8', '10.0.0.5', '203.0.113.9:4711', '203.0.113.9'],
    ['10.0.0.0/8', '10.0.0.5', '[2001:db8::1]:4711', '2001:db8::1'],
    ['10.0.0.0/8', '10.0.0.5', 'unknown', '10.0.0.5'],
    ['10.0.0.0/8', '10.0.0.5', '203.0.113.9, <script>', '10.0.0.5'],
    ['10.0.0.0/8', '10.0.0.5', '', '10.0.0.5'],
  ])('with trusted proxies %j, peer %s and X-Forwarded-For %j is %s', (trusted, peer, forwarded, address) => {
    expect(clientAddress(request(trusted, peer, forwarded))).toBe(address);
  });

  it('is in each line of the request log', () => {
    expect(requestLogFields(request('10.0.0.5', '10.0.0.5', '203.0.113.9'))).toMatchObject({ client: '203.0.113.9' });
  });
});

it.each([
  ['192.0.2.1', '192.0.2.1', true],
  ['192.0.2.1', '192.0.2.2', false],
  ['::ffff:192.0.2.1', '192.0.2.1', true],
  ['2001:db8::1', '2001:db8::2', true],
  ['2001:db8::1', '2001:db8:0:1::1', false],
  ['', '', true],
])('%s and %s share rate limits: %s', (first, second, share) => {
  expect(networkOf(first) === networkOf(second)).toBe(share);
});
