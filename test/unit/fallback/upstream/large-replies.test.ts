import { jest } from '@jest/globals';
import { LargeReplies, RepliesBusy, MAX_LARGE_JSON_BYTES } from '../../../../src/fallback/upstream/large-replies.js';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

it.each([
  ['a request that begins now', 0, 8_000],
  ['a request that has waited for a connection', 5_000, 3_000],
])('refuses %s eight seconds after its beginning', async (_what, waited, remaining) => {
  const replies = new LargeReplies();
  const { signal } = new AbortController();
  await replies.reserve(MAX_LARGE_JSON_BYTES, { signal });
  const startedAt = performance.now() - waited;
  let refused: unknown;
  void replies.reserve(1, { signal, startedAt, deadlineAt: startedAt + 20_000 }).catch((error: unknown) => {
    refused = error;
  });
  await jest.advanceTimersByTimeAsync(remaining - 1);
  expect(refused).toBeUndefined();
  await jest.advanceTimersByTimeAsync(1);
  expect(refused).toBeInstanceOf(RepliesBusy);
});
