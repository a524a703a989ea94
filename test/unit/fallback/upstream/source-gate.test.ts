import { jest } from '@jest/globals';
import type { Failure, Outcome } from '../../../../src/domain/upstream.js';
import { SourceGate } from '../../../../src/fallback/upstream/source-gate.js';

const ok: Outcome = { kind: 'reply', status: 200, headers: {} };
const reply = (status: number, headers: Record<string, string> = {}): Outcome => ({ kind: 'reply', status, headers });
const failure = (category: Failure['category']): Outcome => ({
  kind: 'failure',
  category,
  message: `the source is ${category}`,
});
const down = failure('network');

/** A gate whose requests end with the given outcomes. Only the system time is faked. */
function newGate() {
  const gate = new SourceGate('db:1', Date.now);
  let requests = 0;
  const respond = async (...outcomes: Outcome[]): Promise<Outcome> => {
    let latest: Outcome = ok;
    for (const outcome of outcomes) latest = await gate.run(() => Promise.resolve((requests++, outcome)));
    return latest;
  };
  return { gate, respond, requests: () => requests };
}

const START = Date.parse('2026-11-01T00:00:00Z');
const advance = (seconds: number): void => void jest.setSystemTime(Date.now() + seconds * 1000);

beforeEach(() => {
  jest.useFakeTimers({
    now: START,
    doNotFake: [
      'hrtime',
      'nextTick',
      'performance',
      'queueMicrotask',
      'setImmediate',
      'clearImmediate',
      'setInterval',
      'clearInterval',
      'setTimeout',
      'clearTimeout',
    ],
  });
});
afterEach(() => jest.useRealTimers());

describe('the breaker', () => {
  it.each<[string, Outcome, boolean]>([
    ['network errors', down, true],
    ['timeouts', failure('timeout'), true],
    ['HTTP 500', reply(500), true],
    ['HTTP 503', reply(503), true],
    ['invalid replies', failure('invalid'), false],
    ['HTTP 404', reply(404), false],
    ['HTTP 401', reply(401), false],
    ['HTTP 429 without Retry-After', reply(429), false],
    ['aborted requests', failure('aborted'), false],
  ])('opens or stays closed after five times %s', async (_, outcome, opens) => {
    const { gate, respond, requests } = newGate();
    await respond(outcome, outcome, outcome, outcome);
    expect(gate.report().breaker).toBe('closed');
    await respond(outcome);
    expect(gate.report().breaker).toBe(opens ? 'open' : 'closed');
    await respond(ok);
    expect(requests()).toBe(opens ? 5 : 6);
  });

  it('counts only consecutive failures', async () => {
    const { gate, respond } = newGate();
    await respond(down, down, down, down, reply(404), down, down, down, down);
    expect(gate.report().breaker).toBe('closed');
  });

  it('ignores aborted requests between failures', async () => {
    const { gate, respond } = newGate();
    await respond(down, down, down, down, failure('aborted'), down);
    expect(gate.report().breaker).toBe('open');
  });

  it('rejects requests with the remaining time while open', async () => {
    const { respond, requests } = newGate();
    await respond(down, down, down, down, down);
    expect(await respond(ok)).toEqual({
      kind: 'failure',
      category: 'unavailable',
      message: 'It failed repeatedly',
      retryAfter: 15,
    });
    advance(10);
    expect(await respond(ok)).toMatchObject({ retryAfter: 5 });
    advance(4.999);
    expect(await respond(ok)).toMatchObject({ retryAfter: 1 });
    expect(requests()).toBe(5);
  });

  it('allows a trial request after 15 seconds and closes if it succeeds', async () => {
    const { gate, respond } = newGate();
    await respond(down, down, down, down, down);
    advance(15);
    let finish!: (outcome: Outcome) => void;
    const trial = gate.run(() => new Promise((resolve) => (finish = resolve)));
    expect(gate.report().breaker).toBe('half-open');
    expect(await respond(ok)).toMatchObject({ category: 'unavailable', retryAfter: 1 });
    finish(ok);
    expect(await trial).toBe(ok);
    expect(gate.report().breaker).toBe('closed');
    expect(await respond(reply(404))).toMatchObject({ status: 404 });
  });

  it('stays open for another 15 seconds if the trial fails', async () => {
    const { gate, respond, requests } = newGate();
    await respond(down, down, down, down, down);
    advance(15);
    expect(await respond(down)).toBe(down);
    expect(gate.report().breaker).toBe('open');
    expect(await respond(ok)).toMatchObject({ category: 'unavailable', retryAfter: 15 });
    expect(requests()).toBe(6);
    advance(15);
    expect(await respond(ok)).toBe(ok);
  });

  it('allows another trial if a trial is aborted', async () => {
    const { gate, respond } = newGate();
    await respond(down, down, down, down, down);
    advance(15);
    expect(await respond(failure('aborted'))).toMatchObject({ category: 'aborted' });
    expect(gate.report().breaker).toBe('open');
    expect(await respond(down)).toBe(down);
    expect(await respond(ok)).toMatchObject({ category: 'unavailable', retryAfter: 15 });
    advance(15);
    expect(await respond(failure('aborted'), ok)).toBe(ok);
    expect(gate.report().breaker).toBe('closed');
  });
});

describe('a rate limit', () => {
  it.each([
    ['seconds', { 'retry-after': '7' }, 7],
    ['a date', { 'retry-after': 'Sun, 01 Nov 2026 00:00:20 GMT' }, 20],
    ['an exhausted quota', { ratelimit: '"api";r=0;t=55' }, 55],
    ['a day, limited to 300 seconds', { 'retry-after': '86400' }, 300],
  ])('with a wait of %s rejects requests for that time and reports it in seconds', async (_, headers, seconds) => {
    const { gate, respond, requests } = newGate();
    expect(await respond(reply(429, headers))).toMatchObject({ status: 429, headers: { 'retry-after': `${seconds}` } });
    expect(await respond(ok)).toEqual({
      kind: 'failure',
      category: 'rate-limited',
      message: 'It limits the requests of this hub',
      retryAfter: seconds,
    });
    advance(seconds - 1);
    expect(await respond(ok)).toMatchObject({ category: 'rate-limited', retryAfter: 1 });
    expect(requests()).toBe(1);
    expect(gate.report().breaker).toBe('closed');
    advance(1);
    expect(await respond(ok)).toBe(ok);
  });

  it('without Retry-After rejects no requests', async () => {
    const { respond } = newGate();
    await respond(reply(429));
    expect(await respond(ok)).toBe(ok);
  });
});

describe('health', () => {
  it('counts requests and failures and measures latency', async () => {
    const { gate, respond } = newGate();
    expect(gate.report()).toEqual({
      key: 'db:1',
      breaker: 'closed',
      requests: 0,
      failures: 0,
      inFlight: 0,
      p50Ms: null,
      p95Ms: null,
      lastError: null,
      lastErrorAt: null,
      token: 'none',
    });
    for (const ms of [10, 20, 30]) await gate.run(() => (advance(ms / 1000), Promise.resolve(ok)));
    await respond(failure('invalid'), { kind: 'reply', status: 502, headers: {}, message: 'bad gateway' }, reply(404));
    expect(gate.report()).toMatchObject({
      requests: 6,
      failures: 2,
      lastError: 'HTTP 502: bad gateway',
      lastErrorAt: '2026-11-01T00:00:00.060Z',
      p50Ms: 0,
      p95Ms: 20,
    });
  });
});
