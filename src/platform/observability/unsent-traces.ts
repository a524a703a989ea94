import { Logger } from '@nestjs/common';

/** Logs why traces could not be sent. Only the message is logged, because the error may contain the headers for the collector. */
export function warnUnsentTraces(error: unknown): void {
  const reason = error instanceof Error && error.message !== '' ? error.message : 'unknown error';
  new Logger('Traces').warn(`Traces could not be sent: ${reason}`);
}
