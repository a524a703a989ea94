import { pino, type DestinationStream } from 'pino';

/** Bytes of lines that are written together: just below the 16 KiB that Docker reads at once. A write per line costs a third of the throughput. */
const BATCH_BYTES = 15 * 1024;
/** No line waits longer than this, in milliseconds. */
const FLUSH_INTERVAL_MS = 1000;
/** Lines are dropped if the reader of the output falls behind by more bytes than this, so that it cannot fill the memory. */
const MAX_WAITING_BYTES = 16 * 1024 * 1024;

/** A destination of log lines. */
export interface LogOutput extends DestinationStream {
  /** Writes the lines that wait. */
  flush(): void;
}

/** Standard output, in batches. Lines that wait when the process exits are written then; SIGKILL loses the lines of at most a second. */
export const bufferedOutput = (): LogOutput =>
  pino.destination({
    dest: process.stdout.fd,
    sync: false,
    minLength: BATCH_BYTES,
    maxLength: MAX_WAITING_BYTES,
    periodicFlush: FLUSH_INTERVAL_MS,
  });
