import type { Dispatcher } from 'undici';

/** JSON answers above this are no listing but an attack or a mistake. */
export const MAX_JSON_BYTES = 16 * 1024 * 1024;
/** Of an error page we want its first words. */
export const MAX_ERROR_BYTES = 64 * 1024;

/** Thrown when a body is longer than allowed; the rest of it is not received. */
export class BodyTooLarge extends Error {
  readonly code = 'BODY_TOO_LARGE';
}

/**
 * The whole body as text. One that declares a permitted length is read in undici's fast way: it cannot be longer than declared.
 *
 * @throws BodyTooLarge
 */
export async function readLimited({ body, headers }: Dispatcher.ResponseData, limit: number): Promise<string> {
  if (Number(headers['content-length'] ?? Infinity) <= limit) return body.text();
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) {
      body.destroy();
      throw new BodyTooLarge(`the body is larger than ${limit} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
