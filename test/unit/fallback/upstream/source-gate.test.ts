import { jest } from '@jest/globals';
import type { Failure, Outcome } from '../../../../src/domain/upstream.js';
import { SourceGate } from '../../../../src/fallback/upstream/source-gate.js';

const ok: Outcome = { kind: 'reply', status: 200, headers: {} };
const reply = (status: number, headers: Record<string, string> = {}): Outcome => ({ kind: 'reply', status, headers });
const failure = (category: Failure['category']): Outcome => ({
  kind: 'failure',
  category,
  message: `it is ${category}`,
});
const down = failure('network');

/** A line whose source gives one outcome after the other, the last one again and again; only the clock's hands are moved. */
function aLine() {
  const line = new SourceGate('db:1', Date.now);
  let asked = 0;
  const says = async (...outcomes: Outcome[]): Promise<Outcome> => {
    let last: Outcome = ok;
    for (const outcome of outcomes) last = await line.run(() => Promise.resolve((asked++, outcome)));
    return last;
  };
  return { line, says, asked: () => asked };
}

const START = Date.parse('2026-11-01T00:00:00Z');
const later = (seconds: number): void => void jest.setSystemTime(Date.now() + seconds * 1000);

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
    ['no connection', down, true],
    ['silence', failure('timeout'), true],
    ['HTTP 500', reply(500), true],
    ['HTTP 503', reply(503), true],
    ['a web page for JSON', failure('invalid'), false],
    ['HTTP 404', reply(404), false],
    ['HTTP 401', reply(401), false],
    ['HTTP 429 without a time', reply(429), false],
    ['a client that hung up', failure('aborted'), false],
  ])('five times %s', async (_, outcome, opens) => {
    const { line, says, asked } = aLine();
    await says(outcome, outcome, outcome, outcome);
    expect(line.report().breaker).toBe('closed');
    await says(outcome);
    expect(line.report().breaker).toBe(opens ? 'open' : 'closed');
    await says(ok);
    expect(asked()).toBe(opens ? 5 : 6);
  });

  it('only failures in a row count', async () => {
    const { line, says } = aLine();
    await says(down, down, down, down, reply(404), down, down, down, down);
    expect(line.report().breaker).toBe('closed');
  });

  it('a client that hangs up in between neither counts nor clears', async () => {
    const { line, says } = aLine();
    await says(down, down, down, down, failure('aborted'), down);
    expect(line.report().breaker).toBe('open');
  });

  it('open, refuses at once and says for how long', async () => {
    const { says, asked } = aLine();
    await says(down, down, down, down, down);
    expect(await says(ok)).toEqual({
      ...{ kind: 'failure', category: 'unavailable' },
      message: 'It failed repeatedly',
      retryAfter: 15,
    });
    later(10);
    expect(await says(ok)).toMatchObject({ retryAfter: 5 });
    later(4.999);
    expect(await says(ok)).toMatchObject({ retryAfter: 1 });
    expect(asked()).toBe(5);
  });

  it('after 15 seconds lets one trial through, and all when that one succeeds', async () => {
    const { line, says } = aLine();
    await says(down, down, down, down, down);
    later(15);
    let answer!: (outcome: Outcome) => void;
    const trial = line.run(() => new Promise((resolve) => (answer = resolve)));
    expect(line.report().breaker).toBe('half-open');
    expect(await says(ok)).toMatchObject({ category: 'unavailable', retryAfter: 1 });
    answer(ok);
    expect(await trial).toBe(ok);
    expect(line.report().breaker).toBe('closed');
    expect(await says(reply(404))).toMatchObject({ status: 404 });
  });

  it('stays open for as long again when the trial fails', async () => {
    const { line, says, asked } = aLine();
    await says(down, down, down, down, down);
    later(15);
    expect(await says(down)).toBe(down);
    expect(line.report().breaker).toBe('open');
    expect(await says(ok)).toMatchObject({ category: 'unavailable', retryAfter: 15 });
    expect(asked()).toBe(6);
    later(15);
    expect(await says(ok)).toBe(ok);
  });

  it('a trial whose client hangs up tells nothing: the next one is the trial', async () => {
    const { line, says } = aLine();
    await says(down, down, down, down, down);
    later(15);
    expect(await says(failure('aborted'))).toMatchObject({ category: 'aborted' });
    expect(line.report().breaker).toBe('open');
    expect(await says(down)).toBe(down);
    expect(await says(ok)).toMatchObject({ category: 'unavailable', retryAfter: 15 });
    later(15);
    expect(await says(failure('aborted'), ok)).toBe(ok);
    expect(line.report().breaker).toBe('closed');
  });
});

describe('a rate limit', () => {
  it.each([
    ['seconds', { 'retry-after': '7' }, 7],
    ['a date', { 'retry-after': 'Sun, 01 Nov 2026 00:00:20 GMT' }, 20],
    ['an exhausted quota', { ratelimit: '"api";r=0;t=55' }, 55],
    ['a day', { 'retry-after': '86400' }, 300],
  ])('of %s holds all questions off for so long, and the answer says so in seconds', async (_, headers, seconds) => {
    const { line, says, asked } = aLine();
    expect(await says(reply(429, headers))).toMatchObject({ status: 429, headers: { 'retry-after': `${seconds}` } });
    expect(await says(ok)).toEqual({
      ...{
        kind: 'failure',
        category: 'rate-limited',
        message: 'It limits the requests of this hub',
        retryAfter: seconds,
      },
    });
    later(seconds - 1);
    expect(await says(ok)).toMatchObject({ category: 'rate-limited', retryAfter: 1 });
    expect(asked()).toBe(1);
    expect(line.report().breaker).toBe('closed');
    later(1);
    expect(await says(ok)).toBe(ok);
  });

  it('without a time holds nobody off', async () => {
    const { says } = aLine();
    await says(reply(429));
    expect(await says(ok)).toBe(ok);
  });
});

describe('health', () => {
  it('counts what was asked and what failed, and how long it took', async () => {
    const { line, says } = aLine();
    expect(line.report()).toEqual({
      ...{ key: 'db:1', breaker: 'closed', requests: 0, failures: 0, inFlight: 0, p50Ms: null, p95Ms: null },
      ...{ lastError: null, lastErrorAt: null, token: 'none' },
    });
    for (const ms of [10, 20, 30]) await line.run(() => (later(ms / 1000), Promise.resolve(ok)));
    await says(failure('invalid'), { kind: 'reply', status: 502, headers: {}, message: 'bad gateway' }, reply(404));
    expect(line.report()).toMatchObject({
      ...{ requests: 6, failures: 2, lastError: 'HTTP 502: bad gateway', lastErrorAt: '2026-11-01T00:00:00.060Z' },
      ...{ p50Ms: 0, p95Ms: 20 },
    });
  });
});
