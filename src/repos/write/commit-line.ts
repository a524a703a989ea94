import { HubError } from '../../domain/hub-error.js';
import { checkCommitPath, checkExistingPath } from '../store/check-commit-path.js';
import type { ContentEncoding } from './file-content.js';

/** The first line of a commit. */
export interface CommitHeader {
  readonly kind: 'header';
  readonly summary: string;
  readonly description?: string;
  /** The commit is rejected unless the branch is at this commit. */
  readonly parentCommit?: string;
}

interface FilePaths {
  readonly path: string;
  /** Previous path if the file is moved. */
  readonly oldPath?: string;
}

/** `content` is undefined if it was too long to keep in the line and was spooled before it. */
export interface FileLine extends FilePaths {
  readonly kind: 'file';
  readonly encoding: ContentEncoding;
  readonly content: string | undefined;
}

export interface LfsFileLine extends FilePaths {
  readonly kind: 'lfsFile';
  readonly sha256: string;
  readonly size?: number;
}

export interface DeletionLine {
  readonly kind: 'deletedFile' | 'deletedFolder' | 'deletedEntry';
  readonly path: string;
}

/** A parsed line of a commit request (contract C.3). */
export type CommitLine = CommitHeader | FileLine | LfsFileLine | DeletionLine;

type Reader = (fields: FieldReader) => CommitLine;

/** A map, because on an object the key `constructor` would find an inherited property. */
const READERS: ReadonlyMap<unknown, Reader> = new Map<string, Reader>([
  ['header', header],
  ['file', file],
  ['lfsFile', lfsFile],
  ['deletedFile', (fields) => ({ kind: 'deletedFile', path: fields.existingPath('path') })],
  ['deletedFolder', (fields) => ({ kind: 'deletedFolder', path: fields.existingFolder('path') })],
  ['deletedEntry', (fields) => ({ kind: 'deletedEntry', path: fields.existingFolder('path') })],
]);

const ENCODINGS: ReadonlyMap<string, ContentEncoding> = new Map([
  ['base64', 'base64'],
  ['utf-8', 'utf-8'],
  ['utf8', 'utf-8'],
]);

/**
 * Parses a line `{"key": …, "value": {…}}`. Unknown members of `value` are ignored, since newer clients may send them. Unknown keys are
 * rejected: ignoring one would lose a change.
 *
 * @param line - number counted from 1, for error messages
 * @throws HubError `BadRequest` naming the line and field
 */
export function commitLine(text: Uint8Array, line: number): CommitLine {
  const body = parseLine(text, line);
  const read = READERS.get(body.key);
  if (!read) {
    const validKeys = [...READERS.keys()].join(', ');
    throw lineError(line, 'key', `is ${short(body.key)}; it must be one of ${validKeys}`);
  }
  if (!isRecord(body.value)) throw lineError(line, 'value', 'must be an object');
  return read(new FieldReader(line, body.value));
}

/** An error about one field of one line. */
export function lineError(line: number, field: string, problem: string): HubError {
  return new HubError('BadRequest', `Line ${line}: "${field}" ${problem}`, { fields: [{ field, message: problem }] });
}

function header(fields: FieldReader): CommitHeader {
  const parentCommit = fields.optional('parentCommit', /^[0-9a-f]{40}$/, 'a commit id of 40 hex digits');
  return {
    kind: 'header',
    summary: fields.required('summary'),
    description: fields.optional('description'),
    parentCommit,
  };
}

function file(fields: FieldReader): FileLine {
  const encoding = ENCODINGS.get(fields.optional('encoding') ?? 'utf-8');
  if (!encoding) throw fields.error('encoding', 'must be "base64" or "utf-8"');
  return { kind: 'file', ...readPaths(fields), encoding, content: fields.content() };
}

function lfsFile(fields: FieldReader): LfsFileLine {
  fields.optional('algo', /^sha-?256$/, '"sha256"');
  const sha256 = fields.required('oid', /^[0-9a-f]{64}$/, 'a SHA-256 of 64 hex digits');
  return { kind: 'lfsFile', ...readPaths(fields), sha256, size: fields.size() };
}

function readPaths(fields: FieldReader): FilePaths {
  return { path: fields.path('path'), oldPath: fields.has('oldPath') ? fields.existingPath('oldPath') : undefined };
}

/** Validates the members of a line's value. `null` is treated like a missing member. */
class FieldReader {
  constructor(
    private readonly line: number,
    private readonly value: Readonly<Record<string, unknown>>,
  ) {}

  has(field: string): boolean {
    return (this.value[field] ?? undefined) !== undefined;
  }

  optional(field: string, pattern = /^/, description = 'a string'): string | undefined {
    return this.has(field) ? this.required(field, pattern, description) : undefined;
  }

  required(field: string, pattern = /^/, description = 'a string'): string {
    const text = this.value[field];
    if (typeof text !== 'string' || !pattern.test(text)) throw this.error(field, `must be ${description}`);
    return text;
  }

  path(field: string): string {
    return this.checkedPath(field, checkCommitPath);
  }

  existingPath(field: string): string {
    return this.checkedPath(field, checkExistingPath);
  }

  /** Folders may have a trailing slash. */
  existingFolder(field: string): string {
    return this.checkedPath(field, (path) => checkExistingPath(path.replace(/(?<=.)\/$/s, '')));
  }

  private checkedPath(field: string, check: (path: string) => unknown): string {
    const path = this.required(field);
    try {
      check(path);
    } catch (error) {
      throw error instanceof HubError ? this.error(field, error.message) : error;
    }
    return path;
  }

  content(): string | undefined {
    const { content } = this.value;
    return Array.isArray(content) && content.length === 0 ? undefined : this.required('content');
  }

  size(): number | undefined {
    const size = this.value['size'] ?? undefined;
    if (size === undefined || (Number.isSafeInteger(size) && (size as number) >= 0)) return size as number | undefined;
    throw this.error('size', 'must be a non-negative integer (bytes)');
  }

  error(field: string, message: string): HubError {
    return lineError(this.line, field, message);
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const short = (value: unknown): string => (JSON.stringify(value) ?? 'missing').slice(0, 100);

function parseLine(text: Uint8Array, line: number): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(text));
  } catch (cause) {
    throw new HubError('BadRequest', `Line ${line} is not valid JSON`, { cause });
  }
  if (!isRecord(value)) throw new HubError('BadRequest', `Line ${line} must be an object with "key" and "value"`);
  return value;
}
