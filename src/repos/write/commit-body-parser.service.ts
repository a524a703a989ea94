import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { HubError } from '../../domain/hub-error.js';
import { commitLine, lineError, type CommitHeader, type CommitLine, type FileLine } from './commit-line.js';
import { contentFrom, contentOf, type ContentEncoding } from './file-content.js';
import { LineScanner, type ScannedPiece } from './line-scanner.js';
import { SpoolFolder, type Spool } from '../../platform/storage/spool.js';
import type { CommitInput, CommitOperation, SpooledContent } from '../store/commit-input.js';

/** Content up to so many bytes, as it is written, stays in memory. */
const LIMITS = { longString: 1024 * 1024, line: 2 * 1024 * 1024 };
const LONGEST_HEADER = 64 * 1024;
const MOST_LINES = 100_000;

/** What a commit's body says. */
export type ParsedCommit = Pick<CommitInput, 'summary' | 'description' | 'parentCommit' | 'operations'>;

interface SentLine {
  readonly number: number;
  readonly bytes: number;
  readonly said: CommitLine;
  /** The content that was too long for the line; until the next line is asked for. */
  readonly spool: Spool | undefined;
}

/** Reads commits from bodies of JSON lines, in memory that grows neither with a body nor with a file in it. */
@Injectable()
export class CommitBodyParser {
  constructor(private readonly spools: SpoolFolder) {}

  /**
   * Hands over the commit while its body is still coming; whatever becomes of it, nothing is left behind.
   * @throws HubError `BadRequest` that names line and field
   */
  async read<T>(body: AsyncIterable<Buffer>, use: (sent: ParsedCommit) => Promise<T>): Promise<T> {
    const lines = this.lines(body);
    try {
      const { summary, description, parentCommit } = await headerOf(lines);
      return await use({ summary, description, parentCommit, operations: operationsOf(lines) });
    } finally {
      await lines.return(undefined);
    }
  }

  private async *lines(body: AsyncIterable<Buffer>): AsyncGenerator<SentLine, undefined> {
    let spool: Spool | undefined;
    try {
      for await (const { kind, line, bytes } of scanned(body)) {
        if (kind === 'long') await (spool ??= await this.spools.open()).write(bytes);
        else if (!isBlank(bytes)) {
          yield { number: line, bytes: bytes.length, said: commitLine(bytes, line), spool };
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

async function headerOf(lines: AsyncGenerator<SentLine>): Promise<CommitHeader> {
  const { value, done } = await lines.next();
  const first = done ? undefined : (value as SentLine);
  if (first?.said.kind !== 'header') {
    throw new HubError('BadRequest', 'A commit begins with a line {"key": "header", "value": {"summary": …}}');
  }
  if (first.bytes > LONGEST_HEADER || first.spool) {
    throw new HubError('BadRequest', `Line ${first.number}: the header is longer than ${LONGEST_HEADER} bytes`);
  }
  return first.said;
}

async function* operationsOf(lines: AsyncGenerator<SentLine>): AsyncGenerator<CommitOperation> {
  for await (const { number, said, spool } of lines) {
    if (number > MOST_LINES) throw new HubError('BadRequest', `A commit has ${MOST_LINES} lines at most`);
    if (said.kind === 'header') throw lineError(number, 'key', 'is "header" again; there is one, in the first line');
    if (spool && (said.kind !== 'file' || said.content !== undefined)) {
      throw new HubError('BadRequest', `Line ${number} has a string that is too long; only "content" may be`);
    }
    if ('oldPath' in said && said.oldPath !== undefined && said.oldPath !== said.path) {
      yield { kind: 'deletedFile', path: said.oldPath };
    }
    yield said.kind === 'file' ? { kind: 'file', path: said.path, content: await content(said, number, spool) } : said;
  }
}

async function content(file: FileLine, line: number, spool: Spool | undefined): Promise<Buffer | SpooledContent> {
  try {
    if (file.content !== undefined) return contentOf(file.content, file.encoding);
    if (spool) return await spooled(spool, file.encoding);
  } catch (error) {
    if (error instanceof SyntaxError) throw lineError(line, 'content', error.message);
    throw error;
  }
  throw lineError(line, 'content', 'must be a string');
}

async function spooled(spool: Spool, encoding: ContentEncoding): Promise<SpooledContent> {
  const open = (): AsyncGenerator<Buffer> => contentFrom(spool.read(), encoding);
  const hash = createHash('sha256');
  let size = 0;
  for await (const piece of open()) {
    hash.update(piece);
    size += piece.length;
  }
  return { sha256: hash.digest('hex'), size, open };
}
