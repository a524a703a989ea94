import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startHub, type RunningHub } from '../support/hub-app.js';
import { sendRequest, type HttpResponse, type RequestOptions } from '../support/send-request.js';
import { createTestUser } from '../support/test-users.js';

/** A thousandth of the limits in docs/limits.md. */
const FACTOR = '0.001';

let hub: RunningHub;
beforeAll(async () => {
  hub = await startHub({
    env: { KOHAKU_HUB_RATE_LIMIT_FACTOR: FACTOR, KOHAKU_HUB_TRUSTED_PROXIES: '127.0.0.1/32' },
  });
});
afterAll(() => hub?.close());

/** Sends a request until it is refused. Returns how many were accepted, and the refusal. */
async function accepted(path: string, options: RequestOptions): Promise<[number, HttpResponse]> {
  for (let count = 0; ; count += 1) {
    const reply = await sendRequest(hub.url, path, options);
    if (reply.status === 429) return [count, reply];
  }
}

const from = (address: string): Record<string, string> => ({ 'x-forwarded-for': address });
const SEARCH = '/api/models?fallback=false';
const YAML = { method: 'POST', json: { content: 'license: mit', repoType: 'model' } } as const;

it.each<[string, string, RequestOptions, number]>([
  ['searches', SEARCH, { headers: from('192.0.2.1') }, 1],
  ['checks', '/api/validate-yaml', { ...YAML, headers: from('192.0.2.1') }, 2],
])('%s of an address are limited', async (_, path, options, limit) => {
  const [count, { headers }] = await accepted(path, options);
  expect(count).toBe(limit);
  expect(Number(headers['retry-after'])).toBeGreaterThan(0);
  expect(headers['x-error-message']).toContain('Your address has sent too many requests');
});

it('accounts have their own limit, on all addresses together', async () => {
  const ann = await createTestUser(hub, 'ann');
  const replies = [];
  for (let n = 0; n < 4; n += 1)
    replies.push(await sendRequest(hub.url, SEARCH, { headers: { ...ann.headers, ...from(`198.51.100.${n}`) } }));
  expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 429]);
  expect(replies[3]!.headers['x-error-message']).toContain('Your account has sent too many requests');
});

it('reads are not limited', async () => {
  for (let n = 0; n < 10; n += 1)
    expect((await sendRequest(hub.url, '/api/models/no/such?fallback=false')).status).toBe(404);
});
