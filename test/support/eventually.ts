const ASK_EVERY_MS = 10;

/** Waits until something is so, for what cannot be waited for otherwise: another process, a timer of its own. */
export async function eventually(isSo: () => boolean | Promise<boolean>, withinMs = 60_000): Promise<void> {
  const until = Date.now() + withinMs;
  while (!(await isSo())) {
    if (Date.now() > until) throw new Error(`not so within ${withinMs} ms: ${String(isSo)}`);
    await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
  }
}
