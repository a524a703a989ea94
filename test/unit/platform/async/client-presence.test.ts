import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ClientPresence } from '../../../../src/platform/async/client-presence.js';

describe('the presence of clients', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  function work() {
    const presence = new ClientPresence(10_000);
    const join = (key = 'build') => {
      const client = new AbortController();
      return { ...presence.join(key, client.signal), disconnect: () => client.abort() };
    };
    return { join };
  }

  it('ends work ten seconds after its only client has disconnected', () => {
    const { signal, disconnect } = work().join();
    disconnect();
    jest.advanceTimersByTime(9_999);
    expect(signal.aborted).toBe(false);
    jest.advanceTimersByTime(1);
    expect(signal.aborted).toBe(true);
  });

  it('continues work if a client repeats its request in time, until that one has disconnected as well', () => {
    const { join } = work();
    const first = join();
    first.disconnect();
    jest.advanceTimersByTime(9_000);
    const second = join();
    jest.advanceTimersByTime(60_000);
    expect(first.signal.aborted).toBe(false);
    second.disconnect();
    jest.advanceTimersByTime(10_000);
    expect([first.signal.aborted, second.signal.aborted]).toEqual([true, true]);
  });

  it('does not end the work of other clients, or of a client that comes back too late', () => {
    const { join } = work();
    const [first, other] = [join(), join('another build')];
    first.disconnect();
    jest.advanceTimersByTime(10_000);
    const late = join();
    expect([first.signal.aborted, other.signal.aborted, late.signal.aborted]).toEqual([true, false, false]);
    first.leave();
    late.disconnect();
    jest.advanceTimersByTime(10_000);
    expect(late.signal.aborted).toBe(true);
  });

  it('ends with the work: nothing is aborted afterwards', () => {
    const { join } = work();
    const [first, second] = [join(), join()];
    first.leave();
    second.leave();
    second.disconnect();
    jest.advanceTimersByTime(60_000);
    expect([first.signal.aborted, second.signal.aborted]).toEqual([false, false]);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('ends work of a client that leaves while the others have disconnected', () => {
    const { join } = work();
    const [first, second] = [join(), join()];
    first.disconnect();
    second.leave();
    jest.advanceTimersByTime(10_000);
    expect(first.signal.aborted).toBe(true);
  });
});
