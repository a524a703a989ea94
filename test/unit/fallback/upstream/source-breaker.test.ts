import type { FailureScope } from '../../../../src/fallback/upstream/failure-scope.js';
import { SourceBreaker, type ProbeResult } from '../../../../src/fallback/upstream/source-breaker.js';

const never = new AbortController().signal;

/** A breaker with a clock and a probe that the test controls. */
function newBreaker() {
  const state = { now: 1_000, result: 'unreachable' as ProbeResult, probes: 0 };
  const breaker = new SourceBreaker(
    () => state.now,
    () => (state.probes++, Promise.resolve(state.result)),
  );
  /** `A A B`: failures of these repositories, one after the other; `.` is an answer. */
  const record = (scope: FailureScope, repositories: string): void => {
    for (const repository of repositories.split(' '))
      if (repository === '.') breaker.recordAnswer();
      else breaker.recordFailure(scope, repository);
  };
  const probed = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  return { breaker, state, record, probed };
}

describe('the breaker', () => {
  it.each<[FailureScope, string, boolean]>([
    ['source', 'A A A A', false],
    ['source', 'A A A A A', true],
    ['source', 'A A A A . A', false],
    ['path', 'A A A A A A A A A', false],
    ['path', 'A B A B A B A B A', false],
    ['path', 'A B C', false],
    ['path', 'A B C A . B', false],
  ])('after failures of scope %s for %s is open: %s', (scope, repositories, isOpen) => {
    const { breaker, state, record } = newBreaker();
    record(scope, repositories);
    expect(breaker.state).toBe(isOpen ? 'open' : 'closed');
    expect(state.probes).toBe(0);
  });

  it.each<[string, ProbeResult, string]>([
    ['A B C A B', 'available', 'closed'],
    ['A B C A B', 'failing', 'open'],
    ['A B C A B', 'unreachable', 'open'],
    ['A B C D E F G', 'unreachable', 'open'],
  ])('probes the source after the other failures %s; the source is %s: %s', async (repositories, result, expected) => {
    const { breaker, state, record, probed } = newBreaker();
    state.result = result;
    record('path', repositories);
    await probed();
    expect([breaker.state, state.probes]).toEqual([expected, 1]);
  });

  it('closes as soon as the source responds at all, even if the path of the harmless probe is broken', async () => {
    const { breaker, state, record } = newBreaker();
    record('source', 'A A A A A');
    state.now += 15_000;
    state.result = 'failing';
    expect([await breaker.admits(never), breaker.state]).toEqual([true, 'closed']);
  });

  it('trusts a successful probe for 15 seconds', async () => {
    const { state, record, probed } = newBreaker();
    state.result = 'available';
    for (let n = 0; n < 3; n++) {
      record('path', 'A B C D E');
      await probed();
    }
    expect(state.probes).toBe(1);
    state.now += 15_000;
    record('path', 'A');
    await probed();
    expect(state.probes).toBe(2);
  });

  it('admits no requests for 15 seconds, and then only after a successful probe', async () => {
    const { breaker, state, record } = newBreaker();
    record('source', 'A A A A A');
    state.now += 14_999;
    expect([await breaker.admits(never), state.probes]).toEqual([false, 0]);
    state.now += 1;
    const waiting = [breaker.admits(never), breaker.admits(never)];
    expect(breaker.state).toBe('half-open');
    expect(await Promise.all(waiting)).toEqual([false, false]);
    expect([breaker.state, state.probes, breaker.retryAt]).toEqual(['open', 1, state.now + 15_000]);
    state.now += 15_000;
    state.result = 'available';
    expect([await breaker.admits(never), breaker.state, breaker.retryAt]).toEqual([true, 'closed', undefined]);
  });

  it('does not make a canceled request wait for the probe', async () => {
    const state = { now: 0 };
    const breaker = new SourceBreaker(
      () => state.now,
      () => new Promise(() => undefined),
    );
    for (let n = 0; n < 5; n++) breaker.recordFailure('source', 'A');
    state.now = 15_000;
    const controller = new AbortController();
    const admitted = breaker.admits(controller.signal);
    controller.abort();
    expect(await admitted).toBe(false);
    expect(await breaker.admits(AbortSignal.abort())).toBe(false);
  });

  it('does not add up failures that are more than a minute apart', () => {
    const { breaker, state, record } = newBreaker();
    record('source', 'A A A A');
    state.now += 60_001;
    record('source', 'A A A A');
    expect(breaker.state).toBe('closed');
  });

  it('closes when it is reset, also during a probe that fails later', async () => {
    const { breaker, state, record, probed } = newBreaker();
    record('source', 'A A A A A');
    state.now += 15_000;
    const admitted = breaker.admits(never);
    breaker.reset();
    expect(await admitted).toBe(true);
    await probed();
    expect(breaker.state).toBe('closed');
  });
});
