import 'reflect-metadata';
import { describe, it } from '@jest/globals';
import fc, { type Arbitrary } from 'fast-check';
import { HubError } from '../../../src/domain/hub-error.js';
import { isNestedTooDeeply } from '../../../src/domain/json-limits.js';
import { matchGlob } from '../../../src/domain/match-glob.js';
import { parseRepoPath } from '../../../src/domain/parse-repo-path.js';
import { StepBudget } from '../../../src/domain/pattern-matcher.js';
import { rewriteNextLink } from '../../../src/domain/rewrite-link.js';
import { withoutTrailingSlashes } from '../../../src/domain/trailing-slashes.js';
import { retryAfterSeconds } from '../../../src/fallback/upstream/retry-after.js';
import { parseVia } from '../../../src/fallback/upstream/via.js';
import { parseListParameters } from '../../../src/lists/list-parameters.js';
import { tokenIn } from '../../../src/platform/http/authorization.js';
import { parseByteRange } from '../../../src/platform/http/byte-range.js';
import { mergeSlashes } from '../../../src/platform/http/merge-slashes.js';
import { cookieValues } from '../../../src/platform/http/session-cookie.js';
import { BodyValidationPipe } from '../../../src/platform/http/validation.pipe.js';
import { CardParser } from '../../../src/repos/card/card-parser.service.js';
import { readUploadPackRequest } from '../../../src/repos/git/upload-pack-request.js';
import { BatchRequestDto } from '../../../src/repos/lfs/dto/batch-request.dto.js';
import { readPathsInfoBody } from '../../../src/repos/read/paths-info-body.js';
import { checkCommitPath } from '../../../src/repos/store/check-commit-path.js';
import { checkNewRefName } from '../../../src/repos/store/ref-names.js';
import { revisionCandidates } from '../../../src/repos/store/revision-candidates.js';
import { gitmodulesError } from '../../../src/repos/store/submodule-rules.js';
import { readTreeCursor } from '../../../src/repos/store/tree-cursor.js';
import { commitLine } from '../../../src/repos/write/commit-line.js';
import { GitAttributes } from '../../../src/repos/write/git-attributes.js';
import { GitIgnore } from '../../../src/repos/write/git-ignore.js';
import { JsonStringReader } from '../../../src/repos/write/json-string-reader.js';
import { LineScanner } from '../../../src/repos/write/line-scanner.js';
import { decodeLz4Frame } from '../../../src/repos/xet/format/lz4.js';
import { readShard } from '../../../src/repos/xet/format/shard.js';
import { isPlainSvg } from '../../../src/users/plain-svg.js';
import { rewriteSrcset } from '../../../web/src/components/markdown/rewrite-srcset.js';
import { FULL_RUN } from '../../support/full-run.js';

const RUNS = FULL_RUN ? 100_000 : 200;

/** Text of the fragments of a grammar, in any order, and of other characters. */
const textOf = (...fragments: string[]): Arbitrary<string> =>
  fc
    .array(
      fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...fragments) }, fc.string({ unit: 'binary', maxLength: 3 })),
      {
        maxLength: 30,
      },
    )
    .map((parts) => parts.join(''));

/** Bytes of the fragments of a format, in any order, and of other bytes. */
const bytesOf = (...fragments: (string | number[])[]): Arbitrary<Buffer> => {
  const known = fragments.map((fragment) => Buffer.from(fragment as string));
  const part = fc.oneof(
    fc.constantFrom(...known),
    fc.uint8Array({ maxLength: 8 }).map((bytes) => Buffer.from(bytes)),
  );
  return fc.array(part, { maxLength: 40 }).map((parts) => Buffer.concat(parts));
};

const OID = 'a'.repeat(40);
const PATTERNS = [
  '*',
  '**',
  '**/',
  '?',
  '[',
  ']',
  '[a-z]',
  '[[:alpha:]]',
  '\\',
  '!',
  '#',
  '/',
  'a',
  '\n',
  ' ',
  '"',
  '\r\n',
];
const path = fc
  .array(fc.constantFrom('a', 'b.bin', 'é', '-'), { minLength: 1, maxLength: 6 })
  .map((names) => names.join('/'));
const json = fc.oneof(fc.json({ maxDepth: 4 }), textOf('{', '}', '[', ']', '"', ':', ',', '\\u', '1e999', 'null'));
const jsonValue = fc.jsonValue({ maxDepth: 4 });
const budget = (): StepBudget => new StepBudget(100_000);

/** Every parser of input from clients and sources. Each may refuse its input with the errors that it documents. */
const PARSERS: readonly Parser<unknown>[] = [
  parser(
    'the path of a URL',
    parseRepoPath,
    textOf('/', '//', 'api', 'models', 'gpt2', 'resolve', 'tree', '%2F', '%', '..', '?', '&', '='),
  ),
  parser('a URL with repeated slashes', mergeSlashes, textOf('/', '//', 'resolve', 'a', '?')),
  parser('trailing slashes', withoutTrailingSlashes, textOf('/', 'a')),
  parser('a revision and a path', revisionCandidates, fc.array(fc.string(), { maxLength: 50 })),
  parser(
    'Range',
    (text) => parseByteRange(text, 100),
    textOf('bytes', '=', '-', ',', ' ', '\t', '0', '99', '9'.repeat(30)),
  ),
  parser(
    'Link',
    (text) => rewriteNextLink(text, 'https://a.example/x', 'https://hub.example/x'),
    textOf('<', '>', 'https://a.example/x?b', ';', 'rel', '=', '"next"', 'next', '"', ',', ' '),
  ),
  parser(
    'RateLimit',
    (text) => retryAfterSeconds({ ratelimit: text }, new Date(0)),
    textOf('"api"', ';', 'r=0', 't=', '9', ',', ' '),
  ),
  parser(
    'Retry-After',
    (text) => retryAfterSeconds({ 'retry-after': text }, new Date(0)),
    textOf('9', ' ', 'Mon', ',', 'Nov', 'GMT', ':', '-'),
  ),
  parser('Via', parseVia, textOf('1.1', ' ', ',', 'hubfall-', '(', ')')),
  parser('Authorization', tokenIn, textOf('Bearer', 'Basic', ' ', 'hf_x', 'OmE=', '=')),
  parser('Cookie', (text) => cookieValues(text, 'session'), textOf('session', '=', ';', ' ', '"', ',')),
  parser(
    'list parameters',
    (pairs) => parseListParameters('model', pairs),
    fc.array(
      fc.tuple(
        fc.constantFrom('author', 'search', 'filter', 'sort', 'direction', 'limit', 'cursor', 'full', 'expand', 'x'),
        fc.string(),
      ),
    ),
  ),
  parser(
    'a cursor of a tree',
    readTreeCursor,
    fc.oneof(
      fc.string(),
      json.map((text) => Buffer.from(text).toString('base64url')),
    ),
  ),
  parser(
    'a paths-info body',
    readPathsInfoBody,
    fc.oneof(
      jsonValue,
      fc.record({ paths: fc.oneof(jsonValue, fc.array(fc.string({ unit: 'binary' }))), expand: jsonValue }),
    ),
  ),
  parser(
    'an LFS batch',
    (body) => new BodyValidationPipe().transform(body, { type: 'body', metatype: BatchRequestDto }),
    fc.oneof(
      jsonValue,
      fc.record({
        operation: fc.oneof(fc.constantFrom('upload', 'download'), jsonValue),
        objects: fc.oneof(
          jsonValue,
          fc.array(fc.record({ oid: fc.oneof(fc.constant('a'.repeat(64)), jsonValue), size: jsonValue })),
        ),
      }),
    ),
  ),
  parser('the depth of JSON', isNestedTooDeeply, json),
  parser(
    'a line of a commit',
    (text) => commitLine(Buffer.from(text), 1),
    fc.oneof(
      json,
      fc
        .record({ key: fc.constantFrom('header', 'file', 'lfsFile', 'deletedFile', 'x'), value: jsonValue })
        .map((line) => JSON.stringify(line)),
    ),
  ),
  parser(
    'JSON lines',
    (bytes) => [...new LineScanner({ line: 50, longString: 20, lines: 100 }).push(bytes)],
    bytesOf('"', '\\', '\n', '{"a":', 'x'.repeat(30)),
  ),
  parser('a JSON string in pieces', readPieces, fc.array(bytesOf('\\', '\\u', 'd83d', '"', 'é', '\\n')), [
    'SyntaxError',
    'TypeError',
  ]),
  parser('a path of a commit', checkCommitPath, textOf('a', '/', '.', '..', '.git', '\\', '\u202e', ' ')),
  parser('a name of a branch', checkNewRefName, textOf('a', '/', '.', '..', '.lock', '@{', '~')),
  parser(
    '.gitmodules',
    gitmodulesError,
    textOf('[', ']', 'submodule', ' ', '"', '\\', '\n', 'url', '=', 'https://', '../', '%0a', ':', '#'),
  ),
  parser(
    '.gitattributes',
    ({ text, file }) => new GitAttributes([{ folder: '', text }]).filter(file, budget()),
    fc.record({ text: textOf(...PATTERNS, ' filter=lfs', '[attr]a ', '-', '!a'), file: path }),
  ),
  parser(
    '.gitignore',
    ({ text, file }) => new GitIgnore(text).ignores(file, budget()),
    fc.record({ text: textOf(...PATTERNS), file: path }),
  ),
  parser(
    'a pattern of repositories',
    ({ text, file }) => matchGlob(text, file),
    fc.record({ text: textOf('*', '**', '?', '/', 'a'), file: path }),
  ),
  parser(
    'a git request',
    readUploadPackRequest,
    bytesOf(
      '0000',
      `0032want ${OID}\n`,
      `0032have ${OID}\n`,
      `0035shallow ${OID}\n`,
      '000cdeepen 1',
      '0009done\n',
      '0001',
      'ffff',
      '000d',
    ),
  ),
  parser(
    'a Xet shard',
    readWholeShard,
    bytesOf('HFRepoMetaData\0', [0, 0, 0, 0, 0, 0, 0, 0], [1, 0, 0, 0], [255, 255, 255, 255]),
  ),
  parser(
    'an LZ4 frame',
    (bytes) => decodeLz4Frame(bytes, 1000),
    bytesOf([4, 0x22, 0x4d, 0x18], [0x64, 0x40, 0xa7], [5, 0, 0, 0x80], [0xff, 0xff], [0, 0, 0, 0]),
  ),
  parser(
    'a card',
    (text) => new CardParser().parse(`---\n${text}\n---\n`),
    textOf(
      'a',
      ': ',
      '- ',
      '\n',
      '  ',
      '[',
      ']',
      '{',
      '}',
      ',',
      '"',
      "'",
      '&a ',
      '*a',
      '<<: ',
      '|',
      '>',
      '!!str ',
      '#',
      '? ',
      '---',
      '...',
      '%',
      '\t',
    ),
  ),
  parser(
    'an SVG',
    (text) => isPlainSvg(Buffer.from(text)),
    textOf('<svg', '<g', '</g>', ' ', 'fill', '=', '"a"', "'", '/>', '>', '&', 'url(#a)'),
  ),
  parser('srcset', (text) => rewriteSrcset(text, (url) => url), textOf('a.png', ' ', ',', '1x', '2w', '\n', 'data:')),
];

interface Parser<Input> {
  readonly name: string;
  readonly parse: (input: Input) => unknown;
  readonly inputs: Arbitrary<Input>;
  /** Names of documented errors other than `HubError`. */
  readonly errors: readonly string[];
}

function parser<Input>(
  name: string,
  parse: (input: Input) => unknown,
  inputs: Arbitrary<Input>,
  errors: Parser<Input>['errors'] = [],
): Parser<unknown> {
  return { name, parse, inputs, errors } as Parser<unknown>;
}

function readPieces(pieces: readonly Buffer[]): string {
  const reader = new JsonStringReader();
  return pieces.map((piece) => reader.push(piece)).join('') + reader.end();
}

function readWholeShard(bytes: Buffer): unknown {
  const steps = readShard(bytes);
  let step = steps.next();
  while (!step.done) step = steps.next();
  const { files, xorbs } = step.value;
  return [files.map(({ terms }) => [...terms()]), [...xorbs()]];
}

describe('any input is parsed or refused with a documented error', () => {
  it.each(PARSERS.map((item): [string, Parser<unknown>] => [item.name, item]))(
    '%s',
    async (_, { parse, inputs, errors }) => {
      await fc.assert(
        fc.asyncProperty(inputs, async (input) => {
          try {
            await parse(input);
          } catch (error) {
            const isDocumented = error instanceof HubError || errors.includes((error as Error).name);
            if (!isDocumented) throw error;
          }
        }),
        { numRuns: RUNS },
      );
    },
  );
});
