import { HubError } from '../../domain/hub-error.js';
import { isNestedTooDeeply } from '../../domain/json-limits.js';
import { FieldReader, lineError } from './field-reader.js';
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
  readonly kind: 'deletedFolder' | 'deletedEntry';
  readonly path: string;
}

/** A parsed line of a commit request (contract C.3). */
export type CommitLine = CommitHeader | FileLine | LfsFileLine | DeletionLine;

type Reader = (fields: FieldReader) => CommitLine;

interface LineKind {
  readonly members: readonly string[];
  readonly read: Reader;
}

/** A map, because on an object the key `constructor` would find an inherited property. */
const KINDS: ReadonlyMap<unknown, LineKind> = new Map<string, LineKind>([
  ['header', { members: ['summary', 'description', 'parentCommit'], read: header }],
  ['file', { members: ['path', 'content', 'encoding', 'oldPath'], read: file }],
  ['lfsFile', { members: ['path', 'oid', 'algo', 'size', 'oldPath'], read: lfsFile }],
  [
    // Clients also send this for a folder, if the path has no trailing slash.
    'deletedFile',
    { members: ['path'], read: (fields) => ({ kind: 'deletedEntry', path: fields.existingPath('path') }) },
  ],
  [
    'deletedFolder',
    { members: ['path'], read: (fields) => ({ kind: 'deletedFolder', path: fields.existingFolder('path') }) },
  ],
  [
    'deletedEntry',
    { members: ['path'], read: (fields) => ({ kind: 'deletedEntry', path: fields.existingFolder('path') }) },
  ],
]);

const ENCODINGS: ReadonlyMap<string, ContentEncoding> = new Map([
  ['base64', 'base64'],
  ['utf-8', 'utf-8'],
  ['utf8', 'utf-8'],
]);

/**
 * Parses a line `{"key": …, "value": {…}}`. Unknown keys and members are rejected: ignoring one could lose a change.
 *
 * @param line - number counted from 1, for error messages
 * @throws HubError `BadRequest` naming the line and field
 */
export function commitLine(text: Uint8Array, line: number): CommitLine {
  const body = parseLine(text, line);
  const kind = KINDS.get(body.key);
  if (!kind) {
    const validKeys = [...KINDS.keys()].join(', ');
    throw lineError(line, 'key', `is ${short(body.key)}; it must be one of ${validKeys}`);
  }
  if (!isRecord(body.value)) throw lineError(line, 'value', 'must be an object');
  requireKnown(line, body, ['key', 'value'], 'a line');
  requireKnown(line, body.value, kind.members, `"${String(body.key)}"`);
  return kind.read(new FieldReader(line, body.value));
}

/** @throws HubError `BadRequest` for a member with another name */
function requireKnown(line: number, value: object, members: readonly string[], what: string): void {
  const unknown = Object.keys(value).find((member) => !members.includes(member));
  if (unknown === undefined) return;
  throw lineError(line, unknown.slice(0, 100), `is unknown. The known fields of ${what} are: ${members.join(', ')}.`);
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

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const short = (value: unknown): string => (JSON.stringify(value) ?? 'missing').slice(0, 100);

function parseLine(text: Uint8Array, line: number): Record<string, unknown> {
  let value: unknown;
  try {
    if (isNestedTooDeeply(text)) throw new SyntaxError('nested too deeply');
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(text));
  } catch (cause) {
    throw new HubError('BadRequest', `Line ${line} is not valid JSON`, { cause });
  }
  if (!isRecord(value)) throw new HubError('BadRequest', `Line ${line} must be an object with "key" and "value"`);
  return value;
}
