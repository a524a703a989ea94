import { Readable } from 'node:stream';
import { FILE_SECURITY_HEADERS } from '../../platform/http/send-reply.js';

/** Headers of a comparison of two revisions, which has parts of files. */
export const COMPARISON_HEADERS = { 'content-type': 'text/plain; charset=utf-8', ...FILE_SECURITY_HEADERS };

const PART_LENGTH = 64 * 1024;

/** Sends a text of a source that has one character for each byte. */
export const comparisonStream = (text: string): Readable => Readable.from(partsOf(text));

function* partsOf(text: string): Generator<Uint8Array> {
  for (let at = 0; at < text.length; at += PART_LENGTH) yield Buffer.from(text.slice(at, at + PART_LENGTH), 'latin1');
}
