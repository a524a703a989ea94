/** Calls `callback` after `ms` milliseconds. Returns a function that cancels the call. */
export function setCancelableTimeout(ms: number, callback: () => void): () => void {
  const timer = setTimeout(callback, ms);
  return () => clearTimeout(timer);
}
