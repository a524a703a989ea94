import type { Readable } from 'node:stream';
import type { UnreadBody } from '../../domain/upstream.js';
import type { ReplyAllowance } from './reply-budget.js';

/** Only the message of an error page is needed. */
export const MAX_ERROR_BYTES = 64 * 1024;

/** Thrown if a body exceeds its limit. The rest of the body is not received. */
export class BodyTooLarge extends Error {
  readonly code = 'BODY_TOO_LARGE';
}

/** A response whose body has not been read. */
export interface Body {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readable & { readonly text?: () => Promise<string> };
}

/** How the body of a response is used. */
export interface BodyUse {
  readonly expects: 'json' | 'text' | 'stream' | 'nothing';
  /** Size of the requested file in bytes, if an earlier reply of the source has reported it. */
  readonly size?: string;
  /** Memory for JSON and text. Not limited by default. */
  readonly allowance?: ReplyAllowance;
  /** Whether JSON or text may exceed the ordinary limit. */
  readonly mayBeLarge?: boolean | undefined;
}

/**
 * Reads a body as text. If its declared length is within the limit, undici's faster method is used: the body cannot be longer than declared.
 *
 * @throws BodyTooLarge
 */
export async function readText({ body, headers }: Body, limit: number): Promise<string> {
  if (body.text && Number(headers['content-length'] ?? Infinity) <= limit) return body.text();
  const bytes = await readBytes(body, limit);
  if (!bytes) throw new BodyTooLarge();
  return bytes.toString('utf8');
}

/**
 * Reads a body; `undefined` if it exceeds the limit. The rest of the body is not received then.
 *
 * @param grow - called when the limit is exceeded: waits, and returns a higher limit, or the same one
 */
export async function readBytes(
  body: UnreadBody,
  limit: number,
  grow?: (limit: number) => Promise<number>,
): Promise<Buffer | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  let max = limit;
  for await (const chunk of body) {
    size += chunk.length;
    for (let last = 0; grow && size > max && max > last;) {
      last = max;
      max = await grow(max);
    }
    if (size > max) {
      body.destroy();
      return undefined;
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
