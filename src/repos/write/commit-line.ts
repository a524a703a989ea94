import { HubError } from '../../domain/hub-error.js';
import { checkCommitPath } from '../store/check-commit-path.js';
import type { ContentEncoding } from './file-content.js';

/** What a commit begins with. */
export interface CommitHeader {
  readonly kind: 'header';
  readonly summary: string;
  readonly description?: string;
  /** The commit that the branch must be at. */
  readonly parentCommit?: string;
}

interface MovedFile {
  readonly path: string;
  /** Where the file was until now. */
  readonly oldPath?: string;
}

/** A file with its content; undefined where that was too long for the line and came before it. */
export interface FileLine extends MovedFile {
  readonly kind: 'file';
  readonly encoding: ContentEncoding;
  readonly content: string | undefined;
}

export interface LfsFileLine extends MovedFile {
  readonly kind: 'lfsFile';
  readonly sha256: string;
  readonly size?: number;
}

export interface DeletionLine {
  readonly kind: 'deletedFile' | 'deletedFolder' | 'deletedEntry';
  readonly path: string;
}

/** A line of a commit over HTTP (contract C.3). */
export type CommitLine = CommitHeader | FileLine | LfsFileLine | DeletionLine;

type Reader = (fields: Fields) => CommitLine;

/** A map, since an object would also know `constructor`. */
const READERS: ReadonlyMap<unknown, Reader> = new Map<string, Reader>([
  ['header', header],
  ['file', file],
  ['lfsFile', lfsFile],
  ...(['deletedFile', 'deletedFolder', 'deletedEntry'] as const).map((kind): [string, Reader] => [
    kind,
    (fields) => ({ kind, path: fields.path('path', kind !== 'deletedFile') }),
  ]),
]);

const ENCODINGS: ReadonlyMap<string, ContentEncoding> = new Map([
  ['base64', 'base64'],
  ['utf-8', 'utf-8'],
  ['utf8', 'utf-8'],
]);

/**
 * Reads a line `{"key": …, "value": {…}}`. Members of the value that nobody here knows are left alone, since newer clients send newer
 * ones; an unknown key is refused, for it would be a change that is not made.
 * @param line its number, counted from 1, for the error
 * @throws HubError BadRequest that names line and field
 */
export function commitLine(text: Uint8Array, line: number): CommitLine {
  const whole = parsed(text, line);
  const read = READERS.get(whole.key);
  if (!read) {
    const known = [...READERS.keys()].join(', ');
    throw lineError(line, 'key', `is ${short(whole.key)}; it must be one of ${known}`);
  }
  if (!isRecord(whole.value)) throw lineError(line, 'value', 'must be an object');
  return read(new Fields(line, whole.value));
}

/** What is wrong with one field of one line. */
export function lineError(line: number, field: string, fault: string): HubError {
  return new HubError('BadRequest', `Line ${line}: "${field}" ${fault}`, { fields: [{ field, message: fault }] });
}

function header(fields: Fields): CommitHeader {
  const parentCommit = fields.text('parentCommit', /^[0-9a-f]{40}$/, 'a commit id of 40 hex digits');
  return {
    kind: 'header',
    summary: fields.needed('summary'),
    description: fields.text('description'),
    parentCommit,
  };
}

function file(fields: Fields): FileLine {
  const encoding = ENCODINGS.get(fields.text('encoding') ?? 'utf-8');
  if (!encoding) throw fields.fault('encoding', 'must be "base64" or "utf-8"');
  return { kind: 'file', ...moved(fields), encoding, content: fields.content() };
}

function lfsFile(fields: Fields): LfsFileLine {
  fields.text('algo', /^sha-?256$/, '"sha256"');
  const sha256 = fields.needed('oid', /^[0-9a-f]{64}$/, 'a SHA-256 of 64 hex digits');
  return { kind: 'lfsFile', ...moved(fields), sha256, size: fields.size() };
}

function moved(fields: Fields): MovedFile {
  return { path: fields.path('path'), oldPath: fields.has('oldPath') ? fields.path('oldPath') : undefined };
}

/** The members of a line's value, checked one by one. `null` is as good as absent. */
class Fields {
  constructor(
    private readonly line: number,
    private readonly value: Readonly<Record<string, unknown>>,
  ) {}

  has(field: string): boolean {
    return (this.value[field] ?? undefined) !== undefined;
  }

  text(field: string, shape = /^/, what = 'a string'): string | undefined {
    return this.has(field) ? this.needed(field, shape, what) : undefined;
  }

  needed(field: string, shape = /^/, what = 'a string'): string {
    const text = this.value[field];
    if (typeof text !== 'string' || !shape.test(text)) throw this.fault(field, `must be ${what}`);
    return text;
  }

  /** Folders may be named with a slash at their end. */
  path(field: string, isFolder = false): string {
    const path = this.needed(field);
    try {
      checkCommitPath(isFolder ? path.replace(/(?<=.)\/$/s, '') : path);
    } catch (error) {
      throw error instanceof HubError ? this.fault(field, error.message) : error;
    }
    return path;
  }

  content(): string | undefined {
    const { content } = this.value;
    return Array.isArray(content) && content.length === 0 ? undefined : this.needed('content');
  }

  size(): number | undefined {
    const size = this.value['size'] ?? undefined;
    if (size === undefined || (Number.isSafeInteger(size) && (size as number) >= 0)) return size as number | undefined;
    throw this.fault('size', 'must be a number of bytes');
  }

  fault(field: string, fault: string): HubError {
    return lineError(this.line, field, fault);
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const short = (value: unknown): string => (JSON.stringify(value) ?? 'missing').slice(0, 100);

function parsed(text: Uint8Array, line: number): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(text));
  } catch (cause) {
    throw new HubError('BadRequest', `Line ${line} is no JSON`, { cause });
  }
  if (!isRecord(value)) throw new HubError('BadRequest', `Line ${line} must be an object with "key" and "value"`);
  return value;
}
