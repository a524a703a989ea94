import type { Outcome, Reply, UnreadBody } from '../../domain/upstream.js';
import { decodingFault } from './content-coding.js';
import { describeError } from './exchange-errors.js';

/** Larger files are not measured: it would take too long, and servers rarely compress such files. */
const MAX_MEASURED_BYTES = 64 * 1024 * 1024;

/**
 * Reads a decoded body and adds its length to the reply. Clients need the size of a file before they download it.
 *
 * @param deadlineAt - as `performance.now()`
 */
export async function withDecodedLength(reply: Reply, stream: UnreadBody, deadlineAt = Infinity): Promise<Outcome> {
  let length = 0;
  try {
    for await (const chunk of stream) {
      length += chunk.length;
      if (length > MAX_MEASURED_BYTES || performance.now() > deadlineAt) {
        stream.destroy();
        return reply;
      }
    }
  } catch (error) {
    return describeError(decodingFault(error) ?? error);
  }
  return { ...reply, headers: { ...reply.headers, 'content-length': String(length) } };
}
