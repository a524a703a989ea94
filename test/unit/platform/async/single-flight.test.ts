import { SingleFlight } from '../../../../src/platform/async/single-flight.js';

interface Work {
  readonly signal: AbortSignal;
  readonly land: (value: string) => void;
  readonly crash: (error: Error) => void;
}

/** Flights whose work ends when the test says so. */
function hangar() {
  const flights = new SingleFlight<string>();
  const works: Work[] = [];
  const start = (signal: AbortSignal): Promise<string> =>
    new Promise((land, crash) => works.push({ signal, land, crash }));
  const join = (key = 'k', signal = new AbortController().signal): Promise<string> => flights.join(key, signal, start);
  return { works, join };
}

const gone = new Error('The caller aborted the request.');

it('many who ask the same at the same time share one answer', async () => {
  const { works, join } = hangar();
  const joined = Array.from({ length: 100 }, () => join());
  expect(works).toHaveLength(1);
  works[0]!.land('answer');
  expect(await Promise.all(joined)).toEqual(Array(100).fill('answer'));
});

it('those who ask something else do not', async () => {
  const { works, join } = hangar();
  const [one, other] = [join('a'), join('b')];
  works[1]!.land('B');
  works[0]!.land('A');
  expect([await one, await other]).toEqual(['A', 'B']);
});

it('an error is shared as well', async () => {
  const { works, join } = hangar();
  const joined = [join(), join()];
  works[0]!.crash(new Error('broken'));
  for (const { status, ...rest } of await Promise.allSettled(joined))
    expect({ status, ...rest }).toEqual({ status: 'rejected', reason: new Error('broken') });
});

it.each([
  ['an answer', (work: Work) => work.land('old')],
  ['an error', (work: Work) => work.crash(new Error('old'))],
])('after %s the next one to ask starts a new flight', async (_, end) => {
  const { works, join } = hangar();
  const first = join();
  end(works[0]!);
  await first.catch(() => undefined);
  const second = join();
  expect(works).toHaveLength(2);
  works[1]!.land('new');
  expect(await second).toBe('new');
});

describe('whoever goes', () => {
  it('is told so, while the work goes on for the others', async () => {
    const { works, join } = hangar();
    const leaving = new AbortController();
    const [one, other] = [join('k', leaving.signal), join()];
    leaving.abort();
    await expect(one).rejects.toEqual(gone);
    expect(works[0]!.signal.aborted).toBe(false);
    works[0]!.land('answer');
    expect(await other).toBe('answer');
  });

  it('as the last one aborts the work, with the reason', async () => {
    const { works, join } = hangar();
    const [a, b] = [new AbortController(), new AbortController()];
    const joined = [join('k', a.signal), join('k', b.signal)];
    a.abort('first');
    expect(works[0]!.signal.aborted).toBe(false);
    b.abort('second');
    expect(works[0]!.signal.reason).toBe('second');
    expect(await Promise.allSettled(joined)).toEqual(Array(2).fill({ status: 'rejected', reason: gone }));
  });

  it('as the last one does not drag down those who come after', async () => {
    const { works, join } = hangar();
    const leaving = new AbortController();
    const old = join('k', leaving.signal);
    leaving.abort();
    const fresh = join();
    expect(works).toHaveLength(2);
    works[0]!.crash(new Error('aborted'));
    await expect(old).rejects.toEqual(gone);
    const alsoFresh = join();
    expect(works).toHaveLength(2);
    works[1]!.land('answer');
    expect([await fresh, await alsoFresh]).toEqual(['answer', 'answer']);
  });

  it('has no say any more once the answer is there', async () => {
    const { works, join } = hangar();
    const late = new AbortController();
    const joined = join('k', late.signal);
    works[0]!.land('answer');
    expect(await joined).toBe('answer');
    late.abort();
    expect(works[0]!.signal.aborted).toBe(false);
  });

  it('had gone before it asked: no work is begun for it', async () => {
    const { works, join } = hangar();
    await expect(join('k', AbortSignal.abort())).rejects.toEqual(gone);
    expect(works).toHaveLength(0);
  });
});
