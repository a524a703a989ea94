import { SingleFlight } from '../../../../src/platform/async/single-flight.js';

interface Run {
  readonly signal: AbortSignal;
  readonly resolve: (value: string) => void;
  readonly reject: (error: Error) => void;
}

/** Flights whose work ends when the test resolves or rejects it. */
function startFlights() {
  const flights = new SingleFlight<string>();
  const runs: Run[] = [];
  const start = (signal: AbortSignal): Promise<string> =>
    new Promise((resolve, reject) => runs.push({ signal, resolve, reject }));
  const join = (key = 'k', signal = new AbortController().signal): Promise<string> => flights.join(key, signal, start);
  return { runs, join };
}

const aborted = new Error('The caller aborted the request.');

it('concurrent callers with the same key share one result', async () => {
  const { runs, join } = startFlights();
  const joined = Array.from({ length: 100 }, () => join());
  expect(runs).toHaveLength(1);
  runs[0]!.resolve('answer');
  expect(await Promise.all(joined)).toEqual(Array(100).fill('answer'));
});

it('callers with different keys do not share results', async () => {
  const { runs, join } = startFlights();
  const [a, b] = [join('a'), join('b')];
  runs[1]!.resolve('B');
  runs[0]!.resolve('A');
  expect([await a, await b]).toEqual(['A', 'B']);
});

it('concurrent callers share an error', async () => {
  const { runs, join } = startFlights();
  const joined = [join(), join()];
  runs[0]!.reject(new Error('broken'));
  for (const { status, ...rest } of await Promise.allSettled(joined))
    expect({ status, ...rest }).toEqual({ status: 'rejected', reason: new Error('broken') });
});

it.each([
  ['a result', (work: Run) => work.resolve('old')],
  ['an error', (work: Run) => work.reject(new Error('old'))],
])('after %s the next caller starts a new flight', async (_, end) => {
  const { runs, join } = startFlights();
  const first = join();
  end(runs[0]!);
  await first.catch(() => undefined);
  const second = join();
  expect(runs).toHaveLength(2);
  runs[1]!.resolve('new');
  expect(await second).toBe('new');
});

describe('a caller that aborts', () => {
  it('is rejected while the work continues for the others', async () => {
    const { runs, join } = startFlights();
    const controller = new AbortController();
    const [first, second] = [join('k', controller.signal), join()];
    controller.abort();
    await expect(first).rejects.toEqual(aborted);
    expect(runs[0]!.signal.aborted).toBe(false);
    runs[0]!.resolve('answer');
    expect(await second).toBe('answer');
  });

  it('aborts the work with its reason if it is the last', async () => {
    const { runs, join } = startFlights();
    const [a, b] = [new AbortController(), new AbortController()];
    const joined = [join('k', a.signal), join('k', b.signal)];
    a.abort('first');
    expect(runs[0]!.signal.aborted).toBe(false);
    b.abort('second');
    expect(runs[0]!.signal.reason).toBe('second');
    expect(await Promise.allSettled(joined)).toEqual(Array(2).fill({ status: 'rejected', reason: aborted }));
  });

  it('does not affect later callers if it is the last', async () => {
    const { runs, join } = startFlights();
    const controller = new AbortController();
    const old = join('k', controller.signal);
    controller.abort();
    const next = join();
    expect(runs).toHaveLength(2);
    runs[0]!.reject(new Error('aborted'));
    await expect(old).rejects.toEqual(aborted);
    const another = join();
    expect(runs).toHaveLength(2);
    runs[1]!.resolve('answer');
    expect([await next, await another]).toEqual(['answer', 'answer']);
  });

  it('has no effect after the result', async () => {
    const { runs, join } = startFlights();
    const late = new AbortController();
    const joined = join('k', late.signal);
    runs[0]!.resolve('answer');
    expect(await joined).toBe('answer');
    late.abort();
    expect(runs[0]!.signal.aborted).toBe(false);
  });

  it('before its call starts no work', async () => {
    const { runs, join } = startFlights();
    await expect(join('k', AbortSignal.abort())).rejects.toEqual(aborted);
    expect(runs).toHaveLength(0);
  });
});
