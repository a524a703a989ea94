import { runInSteps } from '../../../../src/platform/async/run-in-steps.js';

/** Occupies the event loop in every step, for longer than it may be. */
function* longSteps(count: number): Generator<void, string> {
  for (let step = 0; step < count; step++) {
    const end = performance.now() + 11;
    while (performance.now() < end);
    yield;
  }
  return 'done';
}

it('lets other work run between the steps', async () => {
  let turns = 0;
  const other = setInterval(() => turns++, 1);
  expect(await runInSteps(longSteps(6))).toBe('done');
  clearInterval(other);
  expect(turns).toBeGreaterThanOrEqual(3);
});

it('rejects with the error of a step', async () => {
  const failing = (function* (): Generator<void, never> {
    yield;
    throw new Error('broken');
  })();
  await expect(runInSteps(failing)).rejects.toThrow('broken');
});
