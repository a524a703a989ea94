import type { AttemptCategory, Verdict } from '../../../../src/domain/attempt.js';
import { OVERTAKEN } from '../../../../src/domain/upstream.js';
import { walkChain, type ChainWalk } from '../../../../src/fallback/resolver/walk-chain.js';

const HEDGE = 250;

interface Step {
  readonly name: string;
  readonly verdict: Verdict;
  readonly category: AttemptCategory;
}
type Said = 'serve' | 'propagate' | 'missing' | 'down';

const step = (name: string, said: Said): Step => ({
  name,
  verdict: said === 'serve' || said === 'propagate' ? said : 'next',
  category: { serve: 'ok', propagate: 'not-found', missing: 'not-found', down: 'server' }[said] as AttemptCategory,
});

/** A clock that goes on when the test says so. */
class Clock {
  private now = 0;
  private timers: { at: number; callback: () => void }[] = [];

  readonly after = (ms: number, callback: () => void): (() => void) => {
    const timer = { at: this.now + ms, callback };
    this.timers.push(timer);
    return () => void (this.timers = this.timers.filter((one) => one !== timer));
  };

  async pass(ms: number): Promise<void> {
    const end = this.now + ms;
    for (;;) {
      const due = this.timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (!due) break;
      this.now = due.at;
      this.timers = this.timers.filter((one) => one !== due);
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

/** Lets every promise that can go on go on. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A walk whose sources answer when the test says so. `!` after a name: `onError` is `fail`. */
class Stage {
  readonly clock = new Clock();
  readonly asked: string[] = [];
  readonly aborted: Record<string, unknown> = {};
  walked: ChainWalk<Step> | undefined;
  failed: unknown;
  private readonly answers = new Map<string, { give: (step: Step) => void; fail: (error: Error) => void }>();

  constructor(names: string, { hedgeMs = HEDGE, maxConcurrent = 5 } = {}) {
    const candidates = names.split(' ').map((name) => ({
      name: name.replace('!', ''),
      onError: name.endsWith('!') ? ('fail' as const) : ('next' as const),
    }));
    const probe = ({ name }: { name: string }, signal: AbortSignal): Promise<Step> => {
      this.asked.push(name);
      return new Promise((give, fail) => {
        this.answers.set(name, { give, fail });
        signal.addEventListener('abort', () => {
          this.aborted[name] = signal.reason;
          give({ name, verdict: 'next', category: 'timeout' });
        });
      });
    };
    walkChain({ candidates, probe, hedgeMs, maxConcurrent, after: this.clock.after }).then(
      (walked) => (this.walked = walked),
      (error: unknown) => (this.failed = error),
    );
  }

  async says(name: string, said: Said): Promise<void> {
    this.answers.get(name)!.give(step(name, said));
    await settled();
  }

  async breaks(name: string): Promise<void> {
    this.answers.get(name)!.fail(new Error(name));
    await settled();
  }

  get outcome(): { chosen?: string; attempts: string[] } | undefined {
    return this.walked && { chosen: this.walked.chosen?.name, attempts: this.walked.attempts.map(({ name }) => name) };
  }
}

it('asks nobody when there is nobody, and says so', async () => {
  const walked = await walkChain({
    ...{ candidates: [], hedgeMs: HEDGE, maxConcurrent: 5, after: new Clock().after },
    probe: () => Promise.reject(new Error('not to be asked')),
  });
  expect(walked).toEqual({ attempts: [], chosen: undefined });
});

describe('in turn', () => {
  it('asks the next as soon as one says no, and ends with the first that speaks for the repository', async () => {
    const stage = new Stage('a b c d');
    await stage.says('a', 'missing');
    await stage.says('b', 'down');
    expect(stage.asked).toEqual(['a', 'b', 'c']);
    await stage.says('c', 'propagate');
    expect(stage.outcome).toEqual({ chosen: 'c', attempts: ['a', 'b', 'c'] });
    expect(stage.asked).toEqual(['a', 'b', 'c']);
  });

  it('chooses nobody when all say no', async () => {
    const stage = new Stage('a b');
    await stage.says('a', 'missing');
    await stage.says('b', 'missing');
    expect(stage.outcome).toEqual({ chosen: undefined, attempts: ['a', 'b'] });
  });

  it('without a hedge it is strictly one by one, however long it takes', async () => {
    const stage = new Stage('a b', { hedgeMs: 0 });
    await stage.clock.pass(3_600_000);
    expect(stage.asked).toEqual(['a']);
    expect(stage.clock.running).toBe(0);
    await stage.says('a', 'missing');
    expect(stage.asked).toEqual(['a', 'b']);
  });
});

describe('hedging', () => {
  it('asks the next as well after the hedge, and not before', async () => {
    const stage = new Stage('a b c');
    await stage.clock.pass(HEDGE - 1);
    expect(stage.asked).toEqual(['a']);
    await stage.clock.pass(1);
    expect(stage.asked).toEqual(['a', 'b']);
    await stage.clock.pass(HEDGE);
    expect(stage.asked).toEqual(['a', 'b', 'c']);
  });

  it('a slow first source still wins over a later one that served at once', async () => {
    const stage = new Stage('a b');
    await stage.clock.pass(HEDGE);
    await stage.says('b', 'serve');
    await stage.clock.pass(HEDGE);
    expect(stage.walked).toBeUndefined();
    await stage.says('a', 'serve');
    expect(stage.outcome).toEqual({ chosen: 'a', attempts: ['a'] });
  });

  it("a later source's answer counts at once when the earlier ones have said no", async () => {
    const stage = new Stage('a b');
    await stage.clock.pass(HEDGE);
    await stage.says('b', 'serve');
    await stage.says('a', 'missing');
    expect(stage.outcome).toEqual({ chosen: 'b', attempts: ['a', 'b'] });
  });

  it('asks nobody further once somebody is ready to serve', async () => {
    const stage = new Stage('a b c');
    await stage.clock.pass(HEDGE);
    await stage.says('b', 'serve');
    await stage.clock.pass(3 * HEDGE - 1);
    expect(stage.asked).toEqual(['a', 'b']);
    await stage.says('a', 'missing');
    expect(stage.asked).toEqual(['a', 'b']);
  });

  it('aborts the losers and leaves no timer when the walk ends', async () => {
    const stage = new Stage('a b c');
    await stage.clock.pass(2 * HEDGE);
    expect(stage.asked).toEqual(['a', 'b', 'c']);
    await stage.says('a', 'serve');
    expect(Object.keys(stage.aborted)).toEqual(['b', 'c']);
    expect(stage.aborted['b']).not.toBe(OVERTAKEN);
    expect(stage.outcome).toEqual({ chosen: 'a', attempts: ['a'] });
    expect(stage.clock.running).toBe(0);
  });
});

describe('passing over', () => {
  it('a silent first source gives way after four hedges to a later one that serves', async () => {
    const stage = new Stage('a b');
    await stage.clock.pass(HEDGE);
    await stage.says('b', 'serve');
    await stage.clock.pass(3 * HEDGE - 1);
    expect(stage.walked).toBeUndefined();
    await stage.clock.pass(1);
    expect(stage.aborted).toEqual({ a: OVERTAKEN });
    expect(stage.outcome).toEqual({ chosen: 'b', attempts: ['a', 'b'] });
  });

  it('one whose patience is over gives way as soon as a later one serves', async () => {
    const stage = new Stage('a b');
    await stage.clock.pass(40 * HEDGE);
    expect(stage.aborted).toEqual({});
    await stage.says('b', 'propagate');
    expect(stage.outcome).toEqual({ chosen: 'b', attempts: ['a', 'b'] });
  });

  it('is heard to the end when no later source serves', async () => {
    const stage = new Stage('a b');
    await stage.clock.pass(HEDGE);
    await stage.says('b', 'missing');
    await stage.clock.pass(40 * HEDGE);
    expect(stage.aborted).toEqual({});
    await stage.says('a', 'serve');
    expect(stage.outcome).toEqual({ chosen: 'a', attempts: ['a'] });
  });
});

describe('a source that must be heard (`on_error: fail`)', () => {
  it('is never hedged past', async () => {
    const stage = new Stage('a! b');
    await stage.clock.pass(40 * HEDGE);
    expect(stage.asked).toEqual(['a']);
    await stage.says('a', 'missing');
    expect(stage.asked).toEqual(['a', 'b']);
  });

  it('ends the chain when it cannot answer', async () => {
    const stage = new Stage('a! b');
    await stage.says('a', 'down');
    expect(stage.outcome).toEqual({ chosen: undefined, attempts: ['a'] });
    expect(stage.asked).toEqual(['a']);
  });

  it('as the second is asked after the hedge, and holds the third back', async () => {
    const stage = new Stage('a b! c');
    await stage.clock.pass(40 * HEDGE);
    expect(stage.asked).toEqual(['a', 'b']);
    await stage.says('a', 'missing');
    expect(stage.asked).toEqual(['a', 'b']);
    await stage.says('b', 'missing');
    expect(stage.asked).toEqual(['a', 'b', 'c']);
  });

  it('as the second, failing first, does not keep the slow first from serving', async () => {
    const stage = new Stage('a b! c');
    await stage.clock.pass(HEDGE);
    await stage.says('b', 'down');
    expect(stage.walked).toBeUndefined();
    await stage.says('a', 'serve');
    expect(stage.outcome).toEqual({ chosen: 'a', attempts: ['a'] });
  });

  it('as the second, failing first, ends the chain: nobody behind it serves, nor is asked', async () => {
    const stage = new Stage('a b! c');
    await stage.clock.pass(HEDGE);
    await stage.says('b', 'down');
    await stage.clock.pass(40 * HEDGE);
    expect(stage.asked).toEqual(['a', 'b']);
    await stage.says('a', 'missing');
    expect(stage.outcome).toEqual({ chosen: undefined, attempts: ['a', 'b'] });
  });
});

describe('at most so many at a time', () => {
  it('the next waits for a place', async () => {
    const stage = new Stage('a b c d', { maxConcurrent: 2 });
    await stage.clock.pass(40 * HEDGE);
    expect(stage.asked).toEqual(['a', 'b']);
    await stage.says('b', 'missing');
    expect(stage.asked).toEqual(['a', 'b', 'c']);
  });

  it('takes a place that an earlier source gives free, its own hedge being over', async () => {
    const stage = new Stage('a b c', { maxConcurrent: 2 });
    await stage.clock.pass(40 * HEDGE);
    await stage.says('a', 'missing');
    expect(stage.asked).toEqual(['a', 'b', 'c']);
  });

  it('one at a time is one by one', async () => {
    const stage = new Stage('a b', { maxConcurrent: 1 });
    await stage.clock.pass(40 * HEDGE);
    expect(stage.asked).toEqual(['a']);
    await stage.says('a', 'missing');
    expect(stage.asked).toEqual(['a', 'b']);
  });
});

it('a probe that breaks its promise ends the walk with its error, and the others are aborted', async () => {
  const stage = new Stage('a b');
  await stage.clock.pass(HEDGE);
  await stage.breaks('b');
  expect(stage.failed).toEqual(new Error('b'));
  expect(Object.keys(stage.aborted)).toEqual(['a']);
  expect(stage.clock.running).toBe(0);
});
