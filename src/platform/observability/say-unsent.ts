import { Logger } from '@nestjs/common';

/** Says why traces do not arrive: the reason alone, since the rest of the error may hold what the collector wants to see. */
export function sayUnsent(error: unknown): void {
  const reason = error instanceof Error && error.message !== '' ? error.message : 'for an unknown reason';
  new Logger('Traces').warn(`Traces could not be sent: ${reason}`);
}
