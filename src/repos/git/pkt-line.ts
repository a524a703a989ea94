import { HubError } from '../../domain/hub-error.js';

/** Ends a list of lines. */
export const FLUSH = Buffer.from('0000');

/** Digits of a line's length, which count themselves. */
const HEAD = 4;
/** What fits into one packet of the side band beside its head and the band's number (gitprotocol-pack, "side-band-64k"). */
const MOST_IN_A_PACKET = 65_515;
/** Numbers of bands: what was asked for, and why there will be no more of it. */
const [PACK, FAILED] = ['\u0001', '\u0003'];

/** One line of git's protocols: its length in four hex digits, then what it says (gitprotocol-common, "pkt-line Format"). */
export function pktLine(...payload: readonly (string | Uint8Array)[]): Buffer {
  const parts = payload.map((part) => (typeof part === 'string' ? Buffer.from(part) : part));
  const length = parts.reduce((sum, part) => sum + part.length, HEAD);
  return Buffer.concat([Buffer.from(length.toString(16).padStart(HEAD, '0')), ...parts]);
}

/**
 * What lines say, without their line ends; undefined for a flush.
 * @throws HubError `BadRequest` for what is no line
 */
export function* readPktLines(body: Buffer): Generator<string | undefined> {
  for (let at = 0; at < body.length;) {
    const head = body.toString('latin1', at, at + HEAD);
    const length = /^[0-9a-f]{4}$/i.test(head) ? Number.parseInt(head, 16) : NaN;
    if (length === 0) yield undefined;
    else if (length >= HEAD && at + length <= body.length)
      yield body.toString('utf8', at + HEAD, at + length).replace(/\n$/, '');
    else throw new HubError('BadRequest', `The body is no list of git's lines: at byte ${at} a line is expected`);
    at += Math.max(length, HEAD);
  }
}

/**
 * A pack in packets of the side band. When it breaks off, git prints why.
 * @param failed told of what it broke off with; says what git prints
 */
export async function* inSideBand(
  pack: AsyncIterable<Uint8Array>,
  failed: (error: unknown) => string,
): AsyncGenerator<Buffer> {
  try {
    for await (const piece of fullPieces(pack)) yield pktLine(PACK, ...piece);
  } catch (error) {
    yield pktLine(FAILED, `${failed(error)}\n`);
  }
  yield FLUSH;
}

/** Bytes gathered until a packet is full. */
async function* fullPieces(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<readonly Uint8Array[]> {
  let gathered: Uint8Array[] = [];
  let size = 0;
  for await (const piece of bytes) {
    for (let rest = piece; rest.length > 0;) {
      const some = rest.subarray(0, MOST_IN_A_PACKET - size);
      gathered.push(some);
      size += some.length;
      rest = rest.subarray(some.length);
      if (size < MOST_IN_A_PACKET) continue;
      yield gathered;
      [gathered, size] = [[], 0];
    }
  }
  if (size > 0) yield gathered;
}
