import type { FileOperation } from '../../domain/operation.js';
import { XET_FILE_INFO } from './xet-file-info.js';

/** Status and headers of the response to a file request. */
interface FileResponse {
  readonly status: number;
  /** Header names are in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Whether a response counts as a download: it delivers the file from its first byte on. Raw files that the web pages show do not count, nor
 * does the rest of a resumed download. Downloads over Xet count when the file is described (`ReconstructionsService`).
 */
export function countsAsDownload(
  { method, raw, conditions }: FileOperation,
  { status, headers }: FileResponse,
): boolean {
  if (method !== 'GET' || raw || headers['content-type'] === XET_FILE_INFO) return false;
  if (status === 302) return (conditions.range ?? 'bytes=0-').startsWith('bytes=0-'); // a redirect to the file's bytes
  return status === 200 || (status === 206 && (headers['content-range'] ?? '').startsWith('bytes 0-'));
}
