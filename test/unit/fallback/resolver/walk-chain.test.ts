import type { AttemptCategory, Verdict } from '../../../../src/domain/attempt.js';
import { OVERTAKEN } from '../../../../src/domain/upstream.js';
import { walkChain, type ChainWalk } from '../../../../src/fallback/resolver/walk-chain.js';

const HEDGE = 250;

interface Step {
  readonly name: string;
  readonly verdict: Verdict;
  readonly category: AttemptCategory;
}
type Result = 'serve' | 'propagate' | 'missing' | 'down';

const step = (name: string, result: Result): Step => ({
  name,
  verdict: result === 'serve' || result === 'propagate' ? result : 'next',
  category: { serve: 'ok', propagate: 'not-found', missing: 'not-found', down: 'server' }[result] as AttemptCategory,
});

/** A clock that the test moves. */
class Clock {
  private now = 0;
  private timers: { at: number; callback: () => void }[] = [];

  readonly after = (ms: number, callback: () => void): (() => void) => {
    const timer = { at: this.now + ms, callback };
    this.timers.push(timer);
    return () => void (this.timers = this.timers.filter((other) => other !== timer));
  };

  async pass(ms: number): Promise<void> {
    const end = this.now + ms;
    for (;;) {
      const due = this.timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (!due) break;
      this.now = due.at;
      this.timers = this.timers.filter((other) => other !== due);
      due.callback();
      await settled();
    }
    this.now = end;
    await settled();
  }

  get running(): number {
    return this.timers.length;
  }
}

/** Waits until all promise callbacks have run. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A walk whose sources respond when the test calls `respond`. A `!` after a name sets `onError` to `fail`. */
class TestWalk {
  readonly clock = new Clock();
  readonly tried: string[] = [];
  readonly aborted: Record<string, unknown> = {};
  result: ChainWalk<Step> | undefined;
  failed: unknown;
  private readonly pending = new Map<string, { resolve: (step: Step) => void; reject: (error: Error) => void }>();

  constructor(names: string, { hedgeMs = HEDGE, maxConcurrent = 5 } = {}) {
    const candidates = names.split(' ').map((name) => ({
      name: name.replace('!', ''),
      onError: name.endsWith('!') ? ('fail' as const) : ('next' as const),
    }));
    const probe = ({ name }: { name: string }, signal: AbortSignal): Promise<Step> => {
      this.tried.push(name);
      return new Promise((resolve, reject) => {
        this.pending.set(name, { resolve, reject });
        signal.addEventListener('abort', () => {
          this.aborted[name] = signal.reason;
          resolve({ name, verdict: 'next', category: 'timeout' });
        });
      });
    };
    walkChain({ candidates, probe, hedgeMs, maxConcurrent, after: this.clock.after }).then(
      (result) => (this.result = result),
      (error: unknown) => (this.failed = error),
    );
  }

  async respond(name: string, result: Result): Promise<void> {
    this.pending.get(name)!.resolve(step(name, result));
    await settled();
  }

  async reject(name: string): Promise<void> {
    this.pending.get(name)!.reject(new Error(name));
    await settled();
  }

  get outcome(): { chosen?: string; attempts: string[] } | undefined {
    return this.result && { chosen: this.result.chosen?.name, attempts: this.result.attempts.map(({ name }) => name) };
  }
}

it('no candidates return no attempts', async () => {
  const walked = await walkChain({
    candidates: [],
    hedgeMs: HEDGE,
    maxConcurrent: 5,
    after: new Clock().after,
    probe: () => Promise.reject(new Error('must not be called')),
  });
  expect(walked).toEqual({ attempts: [], chosen: undefined });
});

describe('trying sources in turn', () => {
  it('tries the next source after each failure and ends with the first that serves or propagates', async () => {
    const walk = new TestWalk('a b c d');
    await walk.respond('a', 'missing');
    await walk.respond('b', 'down');
    expect(walk.tried).toEqual(['a', 'b', 'c']);
    await walk.respond('c', 'propagate');
    expect(walk.outcome).toEqual({ chosen: 'c', attempts: ['a', 'b', 'c'] });
    expect(walk.tried).toEqual(['a', 'b', 'c']);
  });

  it('chooses no source if all fail', async () => {
    const walk = new TestWalk('a b');
    await walk.respond('a', 'missing');
    await walk.respond('b', 'missing');
    expect(walk.outcome).toEqual({ chosen: undefined, attempts: ['a', 'b'] });
  });

  it('never tries two sources at once if hedging is disabled', async () => {
    const walk = new TestWalk('a b', { hedgeMs: 0 });
    await walk.clock.pass(3_600_000);
    expect(walk.tried).toEqual(['a']);
    expect(walk.clock.running).toBe(0);
    await walk.respond('a', 'missing');
    expect(walk.tried).toEqual(['a', 'b']);
  });
});

describe('hedging', () => {
  it('starts the next source after the hedge interval', async () => {
    const walk = new TestWalk('a b c');
    await walk.clock.pass(HEDGE - 1);
    expect(walk.tried).toEqual(['a']);
    await walk.clock.pass(1);
    expect(walk.tried).toEqual(['a', 'b']);
    await walk.clock.pass(HEDGE);
    expect(walk.tried).toEqual(['a', 'b', 'c']);
  });

  it('prefers a slow first source to a faster later one', async () => {
    const walk = new TestWalk('a b');
    await walk.clock.pass(HEDGE);
    await walk.respond('b', 'serve');
    await walk.clock.pass(HEDGE);
    expect(walk.result).toBeUndefined();
    await walk.respond('a', 'serve');
    expect(walk.outcome).toEqual({ chosen: 'a', attempts: ['a'] });
  });

  it('chooses a later source as soon as the earlier ones have failed', async () => {
    const walk = new TestWalk('a b');
    await walk.clock.pass(HEDGE);
    await walk.respond('b', 'serve');
    await walk.respond('a', 'missing');
    expect(walk.outcome).toEqual({ chosen: 'b', attempts: ['a', 'b'] });
  });

  it('tries no further source once one can serve', async () => {
    const walk = new TestWalk('a b c');
    await walk.clock.pass(HEDGE);
    await walk.respond('b', 'serve');
    await walk.clock.pass(3 * HEDGE - 1);
    expect(walk.tried).toEqual(['a', 'b']);
    await walk.respond('a', 'missing');
    expect(walk.tried).toEqual(['a', 'b']);
  });

  it('aborts the remaining sources and timers when the walk ends', async () => {
    const walk = new TestWalk('a b c');
    await walk.clock.pass(2 * HEDGE);
    expect(walk.tried).toEqual(['a', 'b', 'c']);
    await walk.respond('a', 'serve');
    expect(Object.keys(walk.aborted)).toEqual(['b', 'c']);
    expect(walk.aborted['b']).not.toBe(OVERTAKEN);
    expect(walk.outcome).toEqual({ chosen: 'a', attempts: ['a'] });
    expect(walk.clock.running).toBe(0);
  });
});

describe('overtaking', () => {
  it('skips a silent source after four hedge intervals if a later one serves', async () => {
    const walk = new TestWalk('a b');
    await walk.clock.pass(HEDGE);
    await walk.respond('b', 'serve');
    await walk.clock.pass(3 * HEDGE - 1);
    expect(walk.result).toBeUndefined();
    await walk.clock.pass(1);
    expect(walk.aborted).toEqual({ a: OVERTAKEN });
    expect(walk.outcome).toEqual({ chosen: 'b', attempts: ['a', 'b'] });
  });

  it('skips a source that exceeded four hedge intervals as soon as a later one serves', async () => {
    const walk = new TestWalk('a b');
    await walk.clock.pass(40 * HEDGE);
    expect(walk.aborted).toEqual({});
    await walk.respond('b', 'propagate');
    expect(walk.outcome).toEqual({ chosen: 'b', attempts: ['a', 'b'] });
  });

  it('waits for a slow source if no later one serves', async () => {
    const walk = new TestWalk('a b');
    await walk.clock.pass(HEDGE);
    await walk.respond('b', 'missing');
    await walk.clock.pass(40 * HEDGE);
    expect(walk.aborted).toEqual({});
    await walk.respond('a', 'serve');
    expect(walk.outcome).toEqual({ chosen: 'a', attempts: ['a'] });
  });
});

describe('a source with on_error: fail', () => {
  it('is never hedged', async () => {
    const walk = new TestWalk('a! b');
    await walk.clock.pass(40 * HEDGE);
    expect(walk.tried).toEqual(['a']);
    await walk.respond('a', 'missing');
    expect(walk.tried).toEqual(['a', 'b']);
  });

  it('ends the chain if it fails', async () => {
    const walk = new TestWalk('a! b');
    await walk.respond('a', 'down');
    expect(walk.outcome).toEqual({ chosen: undefined, attempts: ['a'] });
    expect(walk.tried).toEqual(['a']);
  });

  it('starts after the hedge interval in second place, but holds back the third', async () => {
    const walk = new TestWalk('a b! c');
    await walk.clock.pass(40 * HEDGE);
    expect(walk.tried).toEqual(['a', 'b']);
    await walk.respond('a', 'missing');
    expect(walk.tried).toEqual(['a', 'b']);
    await walk.respond('b', 'missing');
    expect(walk.tried).toEqual(['a', 'b', 'c']);
  });

  it('does not prevent a slow first source from serving if it fails in second place', async () => {
    const walk = new TestWalk('a b! c');
    await walk.clock.pass(HEDGE);
    await walk.respond('b', 'down');
    expect(walk.result).toBeUndefined();
    await walk.respond('a', 'serve');
    expect(walk.outcome).toEqual({ chosen: 'a', attempts: ['a'] });
  });

  it('ends the chain before the third source if it fails in second place', async () => {
    const walk = new TestWalk('a b! c');
    await walk.clock.pass(HEDGE);
    await walk.respond('b', 'down');
    await walk.clock.pass(40 * HEDGE);
    expect(walk.tried).toEqual(['a', 'b']);
    await walk.respond('a', 'missing');
    expect(walk.outcome).toEqual({ chosen: undefined, attempts: ['a', 'b'] });
  });
});

describe('a maxConcurrent limit', () => {
  it('delays the next source until another has finished', async () => {
    const walk = new TestWalk('a b c d', { maxConcurrent: 2 });
    await walk.clock.pass(40 * HEDGE);
    expect(walk.tried).toEqual(['a', 'b']);
    await walk.respond('b', 'missing');
    expect(walk.tried).toEqual(['a', 'b', 'c']);
  });

  it('starts a delayed source as soon as an earlier one has finished', async () => {
    const walk = new TestWalk('a b c', { maxConcurrent: 2 });
    await walk.clock.pass(40 * HEDGE);
    await walk.respond('a', 'missing');
    expect(walk.tried).toEqual(['a', 'b', 'c']);
  });

  it('allows only one source at once if it is 1', async () => {
    const walk = new TestWalk('a b', { maxConcurrent: 1 });
    await walk.clock.pass(40 * HEDGE);
    expect(walk.tried).toEqual(['a']);
    await walk.respond('a', 'missing');
    expect(walk.tried).toEqual(['a', 'b']);
  });
});

it('a rejected probe ends the walk with its error and aborts the others', async () => {
  const walk = new TestWalk('a b');
  await walk.clock.pass(HEDGE);
  await walk.reject('b');
  expect(walk.failed).toEqual(new Error('b'));
  expect(Object.keys(walk.aborted)).toEqual(['a']);
  expect(walk.clock.running).toBe(0);
});
