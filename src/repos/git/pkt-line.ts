import { HubError } from '../../domain/hub-error.js';

/** Ends a list of lines. */
export const FLUSH = Buffer.from('0000');

/** Number of hex digits of the length, which is included in the length. */
const LENGTH_DIGITS = 4;
/** Maximum payload of a side-band packet, without its length and band number (gitprotocol-pack, "side-band-64k"). */
const MAX_PACKET_BYTES = 65_515;
/** Git sends at most 32,768 ids that the server does not know at once, unless a history has more than 300,000 commits. */
const MAX_LINES = 65_536;
/** Side-band numbers for pack data and for a fatal error. */
const PACK_BAND = '\u0001';
const ERROR_BAND = '\u0003';

/** A line of git's protocols: its length in four hex digits, then the payload (gitprotocol-common, "pkt-line Format"). */
export function pktLine(...payload: readonly (string | Uint8Array)[]): Buffer {
  const parts = payload.map((part) => (typeof part === 'string' ? Buffer.from(part) : part));
  const length = parts.reduce((sum, part) => sum + part.length, LENGTH_DIGITS);
  return Buffer.concat([Buffer.from(length.toString(16).padStart(LENGTH_DIGITS, '0')), ...parts]);
}

/**
 * The payloads of lines without line feeds; `undefined` for a flush.
 *
 * @throws HubError `BadRequest` for malformed lines, `PayloadTooLarge` for too many
 */
export function* readPktLines(body: Buffer): Generator<string | undefined> {
  let count = 0;
  for (let at = 0; at < body.length;) {
    count += 1;
    if (count > MAX_LINES)
      throw new HubError('PayloadTooLarge', `The request has more than the limit of ${MAX_LINES} lines`);
    const digits = body.toString('latin1', at, at + LENGTH_DIGITS);
    const length = /^[0-9a-f]{4}$/i.test(digits) ? Number.parseInt(digits, 16) : NaN;
    if (length === 0) yield undefined;
    else if (length >= LENGTH_DIGITS && at + length <= body.length)
      yield body.toString('utf8', at + LENGTH_DIGITS, at + length).replace(/\n$/, '');
    else throw new HubError('BadRequest', `Invalid request: the pkt-line at byte ${at} is malformed.`);
    at += Math.max(length, LENGTH_DIGITS);
  }
}

/**
 * A pack in side-band packets. If the pack fails, the message is sent as an error, which git prints.
 *
 * @param onError - called with the error; returns the message for the client
 */
export async function* inSideBand(
  pack: AsyncIterable<Uint8Array>,
  onError: (error: unknown) => string,
): AsyncGenerator<Buffer> {
  try {
    for await (const parts of fullPackets(pack)) yield pktLine(PACK_BAND, ...parts);
  } catch (error) {
    yield pktLine(ERROR_BAND, `${onError(error)}\n`);
  }
  yield FLUSH;
}

/** Collects bytes until a packet is full. */
async function* fullPackets(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<readonly Uint8Array[]> {
  let parts: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of bytes) {
    for (let rest = chunk; rest.length > 0;) {
      const part = rest.subarray(0, MAX_PACKET_BYTES - size);
      parts.push(part);
      size += part.length;
      rest = rest.subarray(part.length);
      if (size < MAX_PACKET_BYTES) continue;
      yield parts;
      parts = [];
      size = 0;
    }
  }
  if (size > 0) yield parts;
}
