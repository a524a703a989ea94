import { readFileStart, type PathAt, type TreeEntry } from '@/api/files';
import { decodeText, type Encoding } from '../previews/decode-text';
import type { RowFile } from './row-file';

const MAX_TEXT_BYTES = 2_000_000;

/** Extensions of files with rows, by format. */
export const isParquet = (path: string): boolean => /\.(?:parquet|pq)$/i.test(path);
export const isTextTable = (path: string): boolean => /\.(?:csv|tsv|jsonl|ndjson|json)$/i.test(path);

/**
 * Opens a file with rows.
 * @throws Error if its content is invalid
 */
export async function openRows(
  at: PathAt,
  entry: TreeEntry,
  onEncoding?: (encoding: Encoding) => void,
): Promise<RowFile> {
  if (isParquet(at.path)) return (await import('./parquet-file')).openParquet(at, entry.size);
  const [bytes, { openText }] = await Promise.all([readFileStart(at, entry, MAX_TEXT_BYTES), import('./text-file')]);
  const decoded = decodeText(bytes);
  if (!decoded) throw new Error('The file is not a text file.');
  onEncoding?.(decoded.encoding);
  return openText(at.path, decoded.text, entry.size > MAX_TEXT_BYTES);
}
