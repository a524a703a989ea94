const POLL_INTERVAL_MS = 10;

/**
 * Polls until the condition is true. Only for conditions without an event to wait for, such as those of other processes.
 * @throws if it is still false after `timeoutMs`
 */
export async function eventually(condition: () => boolean | Promise<boolean>, timeoutMs = 60_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`Condition not met within ${timeoutMs} ms: ${String(condition)}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_INTERVAL_MS));
  }
}
