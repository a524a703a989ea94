import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { HubError } from '../../domain/hub-error.js';
import { MAX_PATH_BYTES } from '../store/check-commit-path.js';
import { addFoldersAbove } from '../store/folders-above.js';
import { commitLine, type CommitHeader, type CommitLine, type FileLine } from './commit-line.js';
import { lineError } from './field-reader.js';
import { decodeContentStream, decodeContent, type ContentEncoding } from './file-content.js';
import { LineScanner, type ScannedPiece } from './line-scanner.js';
import { SpoolDirectory, type Spool } from '../../platform/storage/spool.js';
import type { CommitInput, CommitOperation, SpooledContent } from '../store/commit-input.js';

/** The part of a line that is in memory. */
export const MAX_LINE_BYTES = 2 * 1024 * 1024;
/** In bytes, as written in the body. Longer strings are spooled to disk. */
const LIMITS = { longString: 1024 * 1024, line: MAX_LINE_BYTES, lines: 100_000 };
const MAX_HEADER_BYTES = 64 * 1024;
/** Files that replace an earlier one of the same commit. */
const MAX_REPEATED_PATHS = 1000;

/** Folders above the paths of a commit. A tree is written for each of them while the branch is locked. */
const MAX_FOLDERS = 100_000;

/** The contents of a commit request's body. */
export type ParsedCommit = Pick<CommitInput, 'summary' | 'description' | 'parentCommit' | 'operations'>;

interface BodyLine {
  readonly number: number;
  readonly bytes: number;
  readonly parsed: CommitLine;
  /** Content that is too long to keep in memory; valid until the next line is requested. */
  readonly spool: Spool | undefined;
}

/**
 * Parses commit requests in JSON lines. Memory use is bounded: it depends neither on the body's length nor on the size of a file in it.
 */
@Injectable()
export class CommitBodyParser {
  constructor(private readonly spools: SpoolDirectory) {}

  /**
   * Passes the commit to `use` while its body is still arriving. Spooled content is deleted afterwards, also after errors.
   *
   * @throws HubError `BadRequest` naming the line and field
   */
  async parse<T>(body: AsyncIterable<Buffer>, use: (commit: ParsedCommit) => Promise<T>): Promise<T> {
    const lines = this.lines(body);
    try {
      const { summary, description, parentCommit } = await headerOf(lines);
      return await use({ summary, description, parentCommit, operations: operationsOf(lines) });
    } finally {
      await lines.return(undefined);
    }
  }

  private async *lines(body: AsyncIterable<Buffer>): AsyncGenerator<BodyLine, undefined> {
    let spool: Spool | undefined;
    try {
      for await (const { kind, line, bytes } of scanned(body)) {
        if (kind === 'long') await (spool ??= await this.spools.open()).write(bytes);
        else if (!isBlank(bytes)) {
          if (spool && line === 1) throw headerTooLong(line); // its long string is not in the line, so parsing it would report another problem
          yield { number: line, bytes: bytes.length, parsed: commitLine(bytes, line), spool };
          await spool?.close();
          spool = undefined;
        }
      }
    } finally {
      await spool?.close();
    }
    return undefined;
  }
}

async function* scanned(body: AsyncIterable<Buffer>): AsyncGenerator<ScannedPiece> {
  const scanner = new LineScanner(LIMITS);
  for await (const chunk of body) yield* scanner.push(chunk);
  yield* scanner.end();
}

const isBlank = (bytes: Buffer): boolean => bytes.length < 100 && bytes.toString('latin1').trim() === '';

async function headerOf(lines: AsyncGenerator<BodyLine>): Promise<CommitHeader> {
  const { value, done } = await lines.next();
  const first = done ? undefined : (value as BodyLine);
  if (first?.parsed.kind !== 'header') {
    throw new HubError('BadRequest', 'The first line of a commit must be {"key": "header", "value": {"summary": …}}');
  }
  if (first.bytes > MAX_HEADER_BYTES || first.spool) throw headerTooLong(first.number);
  return first.parsed;
}

const headerTooLong = (line: number): HubError =>
  new HubError('BadRequest', `Line ${line}: the header is longer than ${MAX_HEADER_BYTES} bytes`);

async function* operationsOf(lines: AsyncGenerator<BodyLine>): AsyncGenerator<CommitOperation> {
  const countRepeated = repeatedPaths();
  const countFolders = folderCounter();
  for await (const { number, parsed, spool } of lines) {
    if (parsed.kind === 'header')
      throw lineError(number, 'key', 'is "header" again; only the first line can be a header');
    if (spool && (parsed.kind !== 'file' || parsed.content !== undefined)) {
      throw new HubError('BadRequest', `Line ${number}: a string other than "content" is too long`);
    }
    if (parsed.kind === 'file') countRepeated(parsed.path, number);
    countFolders(parsed.path, number);
    if ('oldPath' in parsed && parsed.oldPath !== undefined && parsed.oldPath !== parsed.path) {
      yield { kind: 'deletedFile', path: parsed.oldPath };
    }
    yield parsed.kind === 'file'
      ? { kind: 'file', path: parsed.path, content: await content(parsed, number, spool) }
      : parsed;
  }
}

/** Returns a function that is called for each file, and refuses a commit that writes the same paths again and again: each content would be stored. */
function repeatedPaths(): (path: string, line: number) => void {
  const paths = new Set<string>();
  let repeated = 0;
  return (path, line) => {
    if (paths.size < paths.add(path).size) return;
    repeated += 1;
    if (repeated <= MAX_REPEATED_PATHS) return;
    throw new HubError(
      'BadRequest',
      `Line ${line}: more than ${MAX_REPEATED_PATHS} lines write a path that an earlier line writes as well. Send each file once.`,
    );
  };
}

/** Returns a function that is called for each path, and refuses a commit with too many folders. */
function folderCounter(): (path: string, line: number) => void {
  const folders = new Set<string>();
  return (path, line) => {
    if (path.length <= MAX_PATH_BYTES) addFoldersAbove(folders, path); // longer paths are refused later
    if (folders.size <= MAX_FOLDERS) return;
    const limit = MAX_FOLDERS.toLocaleString('en');
    throw new HubError(
      'BadRequest',
      `Line ${line}: the paths of this commit are in more than ${limit} folders. Divide it into several commits.`,
    );
  };
}

async function content(file: FileLine, line: number, spool: Spool | undefined): Promise<Buffer | SpooledContent> {
  try {
    if (file.content !== undefined) return decodeContent(file.content, file.encoding);
    if (spool) return await spooled(spool, file.encoding);
  } catch (error) {
    if (error instanceof SyntaxError) throw lineError(line, 'content', error.message);
    throw error;
  }
  throw lineError(line, 'content', 'must be a string');
}

async function spooled(spool: Spool, encoding: ContentEncoding): Promise<SpooledContent> {
  const open = (): AsyncGenerator<Buffer> => decodeContentStream(spool.read(), encoding);
  const hash = createHash('sha256');
  let size = 0;
  for await (const piece of open()) {
    hash.update(piece);
    size += piece.length;
  }
  return { sha256: hash.digest('hex'), size, open };
}
