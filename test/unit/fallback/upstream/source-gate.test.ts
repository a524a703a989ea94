import type { Failure, Outcome } from '../../../../src/domain/upstream.js';
import type { ProbeResult } from '../../../../src/fallback/upstream/source-breaker.js';
import { RateLimits } from '../../../../src/fallback/upstream/rate-limits.js';
import { SourceGate, type GatedRequest } from '../../../../src/fallback/upstream/source-gate.js';

const ok: Outcome = { kind: 'reply', status: 200, headers: {} };
const reply = (status: number, headers: Record<string, string> = {}): Outcome => ({ kind: 'reply', status, headers });
const failure = (category: Failure['category']): Outcome => ({
  kind: 'failure',
  category,
  message: `the source is ${category}`,
});
const unreachable: Outcome = { kind: 'failure', category: 'network', message: 'refused', isUnreachable: true };

const START = Date.parse('2026-11-01T00:00:00Z');
const API: GatedRequest = { subject: 'model:o/r', bucket: 'api', credential: 'anonymous', isDownload: false };

/** A gate with a clock and a harmless probe that the test controls, whose requests end with the given outcomes. */
function newGate() {
  const state = { now: START, requests: 0, probed: 'available' as ProbeResult };
  const limits = new RateLimits(() => state.now);
  const gate = new SourceGate({
    key: 'db:1',
    now: () => state.now,
    probe: () => Promise.resolve(state.probed),
    checkToken: () => Promise.resolve('unknown'),
    mayCheckAgain: () => true,
    limits,
  });
  const respond = async (outcome: Outcome, request: Partial<GatedRequest> = {}, ms = 0): Promise<Outcome> => {
    const refusal = await gate.refusal(new AbortController().signal);
    if (refusal) return refusal;
    return gate.run({ ...API, ...request }, () => {
      state.requests++;
      state.now += ms;
      return Promise.resolve(outcome);
    });
  };
  const repeat = async (outcome: Outcome, times: number): Promise<void> => {
    for (let n = 0; n < times; n++) await respond(outcome, { subject: `model:o/r${n}` });
  };
  return { gate, limits, state, respond, repeat };
}

describe('the breaker', () => {
  it.each<[string, Outcome, boolean]>([
    ['failed connections', unreachable, true],
    ['HTTP 503, since the harmless probe succeeds', reply(503), false],
    ['HTTP 500, since the harmless probe succeeds', reply(500), false],
    ['timeouts, since the harmless probe succeeds', failure('timeout'), false],
    ['closed connections, since the harmless probe succeeds', failure('network'), false],
    ['invalid replies', failure('invalid'), false],
    ['HTTP 404', reply(404), false],
    ['HTTP 401', reply(401), false],
    ['HTTP 429 without Retry-After', reply(429), false],
    ['aborted requests', failure('aborted'), false],
  ])('opens or stays closed after five repositories with %s', async (_, outcome, opens) => {
    const { gate, state, respond, repeat } = newGate();
    await repeat(outcome, 4);
    expect(gate.report().breaker).toBe('closed');
    await repeat(outcome, 2);
    expect(gate.report().breaker).toBe(opens ? 'open' : 'closed');
    await respond(ok);
    expect(state.requests).toBe(opens ? 5 : 7);
  });

  it('refuses requests with the remaining time while it is open', async () => {
    const { gate, state, respond, repeat } = newGate();
    await repeat(unreachable, 5);
    expect(await respond(ok)).toEqual({
      kind: 'failure',
      category: 'unavailable',
      message: 'It failed repeatedly',
      retryAfter: 15,
    });
    expect(gate.report().retryAt).toBe(START + 15_000);
    state.now += 14_999;
    expect(await respond(ok)).toMatchObject({ retryAfter: 1 });
    expect(state.requests).toBe(5);
    state.now += 1;
    expect(await respond(ok)).toBe(ok);
    expect(gate.report()).toMatchObject({ breaker: 'closed', retryAt: null });
  });

  it('stays open if the harmless probe fails, and sends no other request', async () => {
    const { state, respond, repeat } = newGate();
    await repeat(unreachable, 5);
    state.now += 15_000;
    state.probed = 'unreachable';
    expect(await respond(ok)).toMatchObject({ category: 'unavailable', retryAfter: 15 });
    expect(state.requests).toBe(5);
  });

  it('lets a canceled request fail as such while the harmless probe is sent', async () => {
    const { gate, state, repeat } = newGate();
    await repeat(unreachable, 5);
    state.now += 15_000;
    state.probed = 'unreachable';
    expect(await gate.refusal(AbortSignal.abort())).toMatchObject({ category: 'aborted' });
  });
});

describe('a rate limit', () => {
  it.each([
    ['seconds', { 'retry-after': '7' }, 7],
    ['a date', { 'retry-after': 'Sun, 01 Nov 2026 00:00:20 GMT' }, 20],
    ['an exhausted quota', { ratelimit: '"api";r=0;t=55' }, 55],
    ['a day, limited to 300 seconds', { 'retry-after': '86400' }, 300],
  ])('with a wait of %s refuses requests for that time and reports it in seconds', async (_, headers, seconds) => {
    const { gate, limits, state, respond } = newGate();
    expect(await respond(reply(429, headers))).toMatchObject({ status: 429, headers: { 'retry-after': `${seconds}` } });
    expect(await respond(ok)).toEqual({
      kind: 'failure',
      category: 'rate-limited',
      message: 'It limits the requests of this hub',
      retryAfter: seconds,
    });
    expect(limits.activeHolds()).toMatchObject([{ until: START + seconds * 1000 }]);
    state.now += (seconds - 1) * 1000;
    expect(await respond(ok)).toMatchObject({ category: 'rate-limited', retryAfter: 1 });
    expect(state.requests).toBe(1);
    expect(gate.report()).toMatchObject({ breaker: 'closed', requests: 1, failures: 0 });
    state.now += 1000;
    expect(await respond(ok)).toBe(ok);
  });

  it('applies to its bucket and credential only', async () => {
    const { respond } = newGate();
    await respond(reply(429, { ratelimit: '"api";r=0;t=200' }));
    expect(await respond(ok)).toMatchObject({ category: 'rate-limited' });
    expect(await respond(ok, { bucket: 'resolvers' })).toBe(ok);
    expect(await respond(ok, { credential: 'token' })).toBe(ok);
  });

  it('without Retry-After refuses no requests', async () => {
    const { respond } = newGate();
    await respond(reply(429));
    expect(await respond(ok)).toBe(ok);
  });

  it('ends when the gate is reset', async () => {
    const { gate, respond, repeat } = newGate();
    await respond(reply(429, { 'retry-after': '200' }));
    gate.reset();
    expect(await respond(ok)).toBe(ok);
    await repeat(unreachable, 5);
    gate.reset();
    expect(await respond(ok)).toBe(ok);
  });
});

describe('a request budget', () => {
  const left = (remaining: number, t = 60, bucket = 'api'): Outcome =>
    reply(200, {
      ratelimit: `"${bucket}";r=${remaining};t=${t}`,
      'ratelimit-policy': `"fixed window";"${bucket}";q=100;w=300`,
    });

  it.each([
    ['more than 30 % is left', 31, true, true],
    ['30 % is left', 30, true, false],
    ['one request is left', 1, true, false],
    ['nothing is left', 0, false, false],
  ])('allows requests of people and in the background while %s', async (_, remaining, people, background) => {
    const { state, respond } = newGate();
    await respond(left(remaining));
    const results = [await respond(left(remaining), { isBackground: true }), await respond(left(remaining))];
    expect(results.map(({ kind }) => kind === 'reply')).toEqual([background, people]);
    expect(state.requests).toBe(1 + Number(people) + Number(background));
    for (const refused of results.filter(({ kind }) => kind === 'failure'))
      expect(refused).toMatchObject({ category: 'rate-limited', retryAfter: 60 });
  });

  it('counts the requests in flight against background work', async () => {
    const { limits, respond } = newGate();
    await respond(left(33));
    for (let n = 0; n < 2; n++) limits.take('api', 'anonymous');
    expect(await respond(left(31), { isBackground: true })).toMatchObject({ status: 200 });
    limits.take('api', 'anonymous');
    expect(await respond(ok, { isBackground: true })).toMatchObject({ category: 'rate-limited' });
    expect(await respond(ok)).toBe(ok);
  });

  it('applies to its bucket and credential, until its window ends', async () => {
    const { state, respond } = newGate();
    await respond(left(0));
    expect(await respond(ok, { bucket: 'resolvers', isBackground: true })).toBe(ok);
    expect(await respond(ok, { credential: 'token', isBackground: true })).toBe(ok);
    state.now += 59_000;
    expect(await respond(ok)).toMatchObject({ category: 'rate-limited', retryAfter: 1 });
    state.now += 1_000;
    expect([await respond(ok), await respond(ok, { isBackground: true })]).toEqual([ok, ok]);
  });

  it('is requested again after five minutes if its window is a day', async () => {
    const { state, respond } = newGate();
    await respond(left(0, 86_400));
    state.now += 300_000;
    expect(await respond(ok, { isBackground: true })).toBe(ok);
  });

  it('without a quota or an end reserves ten requests for a minute', async () => {
    const { state, respond } = newGate();
    await respond(reply(200, { ratelimit: '"api";r=10' }));
    expect(await respond(ok, { isBackground: true })).toMatchObject({ category: 'rate-limited', retryAfter: 60 });
    state.now += 60_000;
    expect(await respond(ok, { isBackground: true })).toBe(ok);
  });

  it('applies to all requests of a source whose buckets are not known, if it is the only one', async () => {
    const { respond } = newGate();
    await respond(left(0, 60, 'default'), { bucket: undefined });
    expect(await respond(ok, { bucket: undefined })).toMatchObject({ category: 'rate-limited' });
    const other = newGate();
    await other.respond(left(0, 60, 'default'), { bucket: undefined });
    await other.respond(left(9, 60, 'other'), { bucket: 'other' });
    expect(await other.respond(ok, { bucket: undefined })).toBe(ok);
    expect(await other.respond(ok, { bucket: undefined, isBackground: true })).toMatchObject({ retryAfter: 60 });
  });
});

describe('health', () => {
  it('counts requests and failures, and measures the latency of answered metadata requests', async () => {
    const { gate, respond } = newGate();
    expect(gate.report()).toEqual({
      key: 'db:1',
      breaker: 'closed',
      retryAt: null,
      requests: 0,
      failures: 0,
      inFlight: 0,
      p50Ms: null,
      p95Ms: null,
      lastError: null,
      lastErrorAt: null,
      token: 'none',
      tokenAt: null,
    });
    for (const ms of [10, 20, 30]) await respond(ok, {}, ms);
    await respond(ok, { isDownload: true }, 1000);
    await respond(failure('timeout'), {}, 10_000);
    await respond(reply(429), {}, 1);
    await respond(failure('invalid'), {}, 1);
    await respond({ kind: 'reply', status: 502, headers: {}, message: 'bad gateway' }, {}, 1);
    await respond(failure('aborted'), {}, 5000);
    expect(gate.report()).toMatchObject({
      requests: 8,
      failures: 3,
      lastError: 'HTTP 502: bad gateway',
      lastErrorAt: '2026-11-01T00:00:11.063Z',
      p50Ms: 20,
      p95Ms: 30,
    });
  });

  it('includes what the source reports about its limits', async () => {
    const { limits, respond } = newGate();
    await respond(reply(200, { ratelimit: '"api";r=9;t=60', 'ratelimit-policy': '"fixed window";"api";q=500;w=300' }));
    expect(limits.currentBudgets()).toEqual([
      { bucket: 'api', credential: 'anonymous', remaining: 9, quota: 500, resetsAt: START + 60_000 },
    ]);
  });
});
