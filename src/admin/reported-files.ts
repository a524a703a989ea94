import type { Operation } from '../domain/operation.js';
import { countOf, fieldsOf, textOf, type Fields } from '../domain/read-fields.js';
import type { Reply } from '../domain/upstream.js';
import { isXetHash } from '../domain/xet-hash.js';

/** A file in the reply of a source. */
export interface ReportedFile {
  readonly path: string;
  /** Null if it is not reported. */
  readonly size: number | null;
  /** SHA-256 or git id, if it is reported. */
  readonly etag?: string | undefined;
  /** Whether the source offers it over Xet. Null if the reply does not report it. */
  readonly hasXet: boolean | null;
}

const MAX_FILES = 5000;
const MAX_PATH_LENGTH = 4096;
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value.slice(0, MAX_FILES) : []);

/** The files in a reply, the first 5000 of them. */
export function reportedFiles(operation: Operation, { json, headers }: Reply): readonly ReportedFile[] {
  if (operation.kind === 'resolve') {
    const size = Number(headers['x-linked-size'] ?? headers['content-length'] ?? NaN);
    const etag = (headers['x-linked-etag'] ?? headers['etag'])?.replace(/^W\//, '').replaceAll('"', '');
    return [
      {
        path: operation.path.join('/'),
        size: Number.isSafeInteger(size) ? size : null,
        etag,
        hasXet: Number.isSafeInteger(size) && isXetHash(headers['x-xet-hash']), // clients need the size
      },
    ];
  }
  const isList = operation.kind === 'tree' || operation.kind === 'pathsInfo';
  return listOf(isList ? json : fieldsOf(json)['siblings'])
    .map(fieldsOf)
    .filter(({ type = 'file' }) => type === 'file')
    .flatMap((entry) => fileOf(entry, isXetHash(entry['xetHash']) || (isList ? false : null)));
}

/** @param hasXet - see `ReportedFile`. The information about a repository has no Xet hashes, at huggingface.co too */
function fileOf(entry: Fields, hasXet: boolean | null): ReportedFile[] {
  const path = textOf(entry['path'] ?? entry['rfilename'], MAX_PATH_LENGTH);
  if (path === null) return [];
  const lfs = fieldsOf(entry['lfs']);
  const etag = textOf(lfs['oid'] ?? lfs['sha256'] ?? entry['oid'] ?? entry['blobId']);
  const size = countOf(entry['size'] ?? lfs['size']) ?? null;
  return [{ path, size, etag: etag ?? undefined, hasXet }];
}
