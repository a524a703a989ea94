import { ApiError } from '@/api/api-error';

const MAX_ATTEMPTS = 5;
const FIRST_DELAY_MS = 500;
const RETRYABLE_STATUS = new Set([0, 408, 429, 500, 502, 503, 504]);

const delay = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const cancel = (): void => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', cancel);
      resolve();
    }, ms);
    signal.addEventListener('abort', cancel, { once: true });
  });

/** Retries after connection failures and temporary errors, with exponential backoff or the delay of `Retry-After`. */
export async function withRetry<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      const retryable = error instanceof ApiError && RETRYABLE_STATUS.has(error.status);
      if (!retryable || signal.aborted || attempt === MAX_ATTEMPTS) throw error;
      await delay((error.retryAfter ?? 0) * 1000 || FIRST_DELAY_MS * 2 ** (attempt - 1), signal);
    }
  }
}
