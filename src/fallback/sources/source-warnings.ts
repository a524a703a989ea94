import type { SourceRecord } from './source-record.js';

/**
 * What the administrator should know about the stored settings of the sources, as log messages.
 *
 * @param deadlineMs - the deadline of a whole request
 */
export const sourceWarnings = (records: readonly SourceRecord[], deadlineMs: number): string[] =>
  records.flatMap(({ source: { name, timeoutSeconds }, tokenReadable }) => [
    ...(tokenReadable
      ? []
      : [`The credentials of source ${name} cannot be decrypted. Requests to this source are sent without them.`]),
    ...(timeoutSeconds === null || timeoutSeconds * 1000 <= deadlineMs
      ? []
      : [
          `The timeout of source ${name} (${timeoutSeconds} seconds) has no effect beyond KOHAKU_HUB_FALLBACK_DEADLINE (${deadlineMs / 1000} seconds).`,
        ]),
  ]);
