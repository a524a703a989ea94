import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { newMemoryLimiter } from '../../../src/platform/cluster/new-limiter.js';
import {
  AuthLimitsService,
  MAX_PASSWORD_FAILURES_PER_ACCOUNT,
  MAX_PASSWORD_FAILURES_PER_ADDRESS,
} from '../../../src/users/auth-limits.service.js';

const MINUTE_MS = 60_000;

describe('password attempts', () => {
  const { now } = Date; // the limiter reads the clock itself
  let limits: AuthLimitsService;
  let time: number;

  beforeEach(() => {
    time = Date.UTC(2026, 0, 1);
    Date.now = () => time;
    limits = new AuthLimitsService(newMemoryLimiter);
  });
  afterEach(() => void (Date.now = now));

  const fail = async (count: number, name: string, address: string): Promise<void> => {
    for (let made = 0; made < count; made += 1) await limits.startPasswordAttempt(name, address);
  };
  const succeed = async (name: string, address: string): Promise<void> =>
    (await limits.startPasswordAttempt(name, address)).succeed();
  const guessUntilRefused = async (name: string, address: string): Promise<[attempts: number, wait: number]> => {
    for (let attempts = 0; ; attempts += 1) {
      const refusal = await limits.startPasswordAttempt(name, address).then(
        () => undefined,
        (error: { facts: { retryAfter: number } }) => error.facts.retryAfter,
      );
      if (refusal !== undefined) return [attempts, refusal];
    }
  };
  /** Seconds until another attempt is allowed. */
  const waitOf = async (name: string, address: string): Promise<number> => {
    try {
      await succeed(name, address);
      return 0;
    } catch (error) {
      return (error as { facts: { retryAfter: number } }).facts.retryAfter;
    }
  };

  it('wait longer the more of them fail', async () => {
    const guesses: [attempts: number, wait: number][] = [];
    for (let round = 0; round < 9; round += 1) {
      const [attempts, wait] = await guessUntilRefused('ann', '192.0.2.1');
      guesses.push([attempts, wait]);
      time += wait * 1000;
    }
    const minutes = guesses.map(([attempts, wait]) => [attempts, wait / 60]);
    const quarter = [[10, 1], [10, 1], [10, 1], [0, 12]]; // prettier-ignore
    expect(minutes).toEqual([...quarter, ...quarter, [0, 30]]);
  });

  it('from other addresses do not lock out the owner of an account', async () => {
    await succeed('ann', '192.0.2.1');
    for (let host = 1; host <= MAX_PASSWORD_FAILURES_PER_ACCOUNT / 10; host += 1)
      await fail(10, 'ann', `203.0.113.${host}`);
    expect(await waitOf('ann', '203.0.113.1')).toBe(60);
    expect(await waitOf('ann', '203.0.113.200')).toBe(900); // guessing from ever more addresses ends as well
    expect(await waitOf('ann', '192.0.2.1')).toBe(0);
  });

  it.each(['ann', 'ANN'])('for %s from one address do not lock out the owner at a new address', async (name) => {
    await fail(10, name, '203.0.113.1');
    expect(await waitOf('ann', '203.0.113.1')).toBe(60);
    expect(await waitOf('ann', '192.0.2.1')).toBe(0);
  });

  it('by one user do not lock out other users of the same address', async () => {
    await fail(10, 'mallory', '192.0.2.1');
    expect(await waitOf('mallory', '192.0.2.1')).toBe(60);
    expect(await waitOf('ann', '192.0.2.1')).toBe(0);
    for (let guess = 1; guess < MAX_PASSWORD_FAILURES_PER_ADDRESS - 10; guess += 1)
      await fail(1, `user-${guess}`, '192.0.2.1');
    expect(await waitOf('ben', '192.0.2.1')).toBe(0); // ben and ann now have signed in from there
    await fail(1, 'another-user', '192.0.2.1');
    expect(await waitOf('cleo', '192.0.2.1')).toBe(900);
    expect(await waitOf('ann', '192.0.2.1')).toBe(0);
    expect(await waitOf('ben', '192.0.2.1')).toBe(0);
    expect(await waitOf('cleo', '192.0.2.2')).toBe(0);
  });

  it('are not counted if they succeed, at known and unknown addresses', async () => {
    for (let sign = 0; sign < 2 * MAX_PASSWORD_FAILURES_PER_ACCOUNT; sign += 1) {
      await succeed('ann', '192.0.2.1');
      await succeed('ann', `198.51.100.${sign}`);
    }
    await fail(10, 'ann', '192.0.2.1'); // and earn no further attempts
    expect(await waitOf('ann', '192.0.2.1')).toBe(60);
  });

  it('are counted before they are verified', async () => {
    const attempts = Array.from({ length: 15 }, () => limits.startPasswordAttempt('ann', '192.0.2.1'));
    const outcomes = await Promise.allSettled(attempts);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(10);
    time += MINUTE_MS;
    expect(await waitOf('ann', '192.0.2.1')).toBe(0);
  });
});
