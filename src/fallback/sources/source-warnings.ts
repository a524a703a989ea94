import { credentialsUnreadableMessage } from '../../domain/choose-failure.js';
import type { SourceRecord } from './source-record.js';

/**
 * Log messages about stored settings of sources that do not work as the administrator expects.
 *
 * @param deadlineMs - the deadline of a whole request
 */
export const sourceWarnings = (records: readonly SourceRecord[], deadlineMs: number): string[] =>
  records.flatMap(({ source: { name, timeoutSeconds, isUnreadable } }) => [
    ...(isUnreadable ? [credentialsUnreadableMessage(name)] : []),
    ...(timeoutSeconds === null || timeoutSeconds * 1000 <= deadlineMs
      ? []
      : [
          `The timeout of source ${name} (${timeoutSeconds} seconds) has no effect beyond KOHAKU_HUB_FALLBACK_DEADLINE (${deadlineMs / 1000} seconds).`,
        ]),
  ]);
