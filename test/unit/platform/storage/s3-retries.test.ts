import { S3Retries } from '../../../../src/platform/storage/s3-retries.js';

const MAX_ATTEMPTS = 4;

/** Attempts of a request that always fails. */
async function attemptsOf(retries: S3Retries, errorType: string): Promise<number> {
  let attempt = await retries.acquireInitialRetryToken();
  for (let attempts = 1; ; attempts += 1) {
    const next = await retries.refreshRetryTokenForRetry(attempt, { errorType }).catch(() => undefined);
    if (!next) return attempts;
    expect(next.getRetryDelay()).toBeLessThan(500 * 2 ** attempts);
    attempt = next;
  }
}

it('repeats requests that failed for a passing reason, also after thousands of failures', async () => {
  const retries = new S3Retries(MAX_ATTEMPTS);
  for (let n = 0; n < 2000; n += 1) expect(await attemptsOf(retries, 'THROTTLING')).toBe(MAX_ATTEMPTS);
  expect(await attemptsOf(retries, 'TRANSIENT')).toBe(MAX_ATTEMPTS);
});

it('does not repeat requests that were rejected', async () => {
  expect(await attemptsOf(new S3Retries(MAX_ATTEMPTS), 'CLIENT_ERROR')).toBe(1);
});
