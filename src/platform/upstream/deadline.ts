import { DEADLINE_PASSED } from './exchange.js';

/**
 * Runs something under a signal that aborts when the time is up or the parent aborts. Once it has settled only the parent counts:
 * a body that is still streaming is not cut by the deadline.
 */
export async function withDeadline<T>(
  ms: number,
  parent: AbortSignal,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(DEADLINE_PASSED), ms);
  if (parent.aborted) controller.abort(parent.reason);
  else parent.addEventListener('abort', () => controller.abort(parent.reason), { once: true });
  try {
    return await run(controller.signal);
  } finally {
    clearTimeout(timer);
  }
}

/** Calls back later; returns what cancels it. */
export function after(ms: number, callback: () => void): () => void {
  const timer = setTimeout(callback, ms);
  return () => clearTimeout(timer);
}
