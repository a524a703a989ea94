import { constants } from 'node:os';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/**
 * Removes what the command has created if it is interrupted, for example with Ctrl-C, and then ends the process. A second signal ends it at once.
 * @returns a function to call when nothing is left to remove
 */
export function removeOnInterrupt(remove: () => Promise<void>): () => void {
  const interrupt = (signal: (typeof SIGNALS)[number]): void => {
    stop();
    process.stderr.write('Interrupted. Deleting the account and the repository that doctor has created…\n');
    const exit = (): never => process.exit(128 + constants.signals[signal]);
    remove().then(exit, (error: unknown) => {
      process.stderr.write(`They could not be deleted: ${error instanceof Error ? error.message : String(error)}\n`);
      exit();
    });
  };
  const stop = (): void => SIGNALS.forEach((signal) => void process.off(signal, interrupt));
  for (const signal of SIGNALS) process.on(signal, interrupt);
  return stop;
}
