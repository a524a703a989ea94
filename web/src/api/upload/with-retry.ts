import { ApiError } from '@/api/api-error';

const TRIES = 5;
const FIRST_WAIT_MS = 500;
const MAY_PASS = new Set([0, 408, 429, 500, 502, 503, 504]);

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal.addEventListener('abort', stop, { once: true });
  });

/** Does something that a broken connection or a busy hub may have been in the way of, a few times, with growing pauses. */
export async function withRetry<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await work();
    } catch (error) {
      const mayPass = error instanceof ApiError && MAY_PASS.has(error.status);
      if (!mayPass || signal.aborted || tried === TRIES) throw error;
      await pause((error.retryAfter ?? 0) * 1000 || FIRST_WAIT_MS * 2 ** (tried - 1), signal);
    }
  }
}
