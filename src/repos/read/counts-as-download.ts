import type { FileOperation } from '../../domain/operation.js';

/** How a file was answered. */
interface FileAnswer {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Is this answer somebody's download of a file: its bytes, from the first one on? The pages' raw texts are none, nor is the rest of a
 * file whose beginning was sent before.
 */
export function countsAsDownload({ method, raw, conditions }: FileOperation, { status, headers }: FileAnswer): boolean {
  if (method !== 'GET' || raw) return false;
  if (status === 302) return (conditions.range ?? 'bytes=0-').startsWith('bytes=0-'); // to where its bytes are
  return status === 200 || (status === 206 && (headers['content-range'] ?? '').startsWith('bytes 0-'));
}
