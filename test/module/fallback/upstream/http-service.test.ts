import { HttpService } from '@nestjs/axios';
import type { TestingModule } from '@nestjs/testing';
import { lastValueFrom } from 'rxjs';
import type { Pool } from 'undici';
import { OutboundDispatcher } from '../../../../src/fallback/upstream/outbound-dispatcher.js';
import { UpstreamClient } from '../../../../src/fallback/upstream/upstream-client.js';
import { UpstreamModule } from '../../../../src/fallback/upstream/upstream.module.js';
import { buildHubConfig } from '../../../support/build-hub-config.js';
import { hang, json, redirect, reset, text } from '../../../support/fake-replies.js';
import { FakeUpstream, type Responder } from '../../../support/fake-upstream.js';
import { buildSource } from '../../../support/build-source.js';
import { moduleWithoutDatabase } from '../../../support/module-without-database.js';
import { buildRequest } from '../../../support/upstream-fixture.js';

let module: TestingModule;
let upstream: FakeUpstream;
let http: HttpService;

beforeEach(async () => {
  upstream = await FakeUpstream.start(json(200, { version: 1 }));
  module = await moduleWithoutDatabase(buildHubConfig(), { imports: [UpstreamModule] });
  http = module.get(HttpService);
});
afterEach(async () => {
  await module.close();
  await upstream.close();
});

const get = (url: string, config = {}) => lastValueFrom(http.get<string>(url, config));

it('returns the body unparsed', async () => {
  const response = await get(`${upstream.url}/api/version?a=b`, { headers: { 'x-one': '1' } });
  expect(response).toMatchObject({ status: 200, data: '{"version":1}' });
  expect(response.headers['content-type']).toContain('json');
  expect(upstream.requests[0]).toMatchObject({
    url: '/api/version?a=b',
    headers: { 'x-one': '1', 'accept-encoding': 'identity' },
  });
});

it('uses the connections of the upstream client, which close with the module', async () => {
  const pool = module.get(OutboundDispatcher, { strict: false }).forSource(new URL(upstream.url), 'metadata')
    .dispatcher as Pool;
  const source = buildSource({ url: upstream.url });
  await module.get(UpstreamClient).send(source, buildRequest(), { signal: new AbortController().signal, via: [] });
  const { connected } = pool.stats;
  upstream.reply = (response, request) => {
    expect(pool.stats.running).toBe(1);
    return json(200, {})(response, request);
  };
  expect(await get(upstream.url)).toMatchObject({ status: 200 });
  expect(connected).toBe(1);
  await module.close();
  expect(pool.destroyed).toBe(true);
});

it.each<[string, Responder, number]>([
  ['a redirect', redirect(302, 'http://127.0.0.2/'), 302],
  ['an error', text(500, 'x'), 500],
])('returns %s as it is', async (_, reply, status) => {
  upstream.reply = reply;
  expect(await get(upstream.url)).toMatchObject({ status });
  expect(upstream.requests).toHaveLength(1);
});

it.each<[string, Responder, string, number?]>([
  ['a timeout', hang(), 'ETIMEDOUT', 60],
  ['a reset', reset(), 'ECONNRESET'],
  ['a response that is too large', text(200, 'x'.repeat(1024 * 1024 + 1)), 'BODY_TOO_LARGE'],
])('throws an error with a code for %s', async (_, reply, code, timeout = 30_000) => {
  upstream.reply = reply;
  await expect(get(upstream.url, { timeout })).rejects.toMatchObject({ name: 'AxiosError', code });
});

it('refuses forbidden addresses', async () => {
  await expect(get('http://169.254.169.254/latest/meta-data')).rejects.toMatchObject({ code: 'ADDRESS_REFUSED' });
});
