import { HubError } from '../../domain/hub-error.js';
import { StepBudget } from '../../domain/pattern-matcher.js';
import type { RepoId } from '../../domain/repo-id.js';
import { checkCommitPath, quotePath } from '../store/check-commit-path.js';
import type { FirstFile } from '../store/first-file.js';
import { defaultGitAttributes } from '../store/default-git-attributes.js';
import { CARD_PATH } from '../store/card-path.js';
import { decodeContent, type ContentEncoding } from '../write/file-content.js';
import { GitAttributes } from '../write/git-attributes.js';
import { uploadMode } from '../write/upload-mode.js';

/** A file in the request that creates a repository. */
export interface RequestedFile {
  readonly path: string;
  readonly encoding: ContentEncoding;
  readonly content: string;
}

/** Properties of a new repository that determine its first commit. */
export interface FirstCommitRequest {
  readonly repo: RepoId;
  /** SDK of a space. */
  readonly sdk?: string;
  /** Identifier of a license. */
  readonly license?: string;
  readonly files: readonly RequestedFile[];
}

const ATTRIBUTES_PATH = '.gitattributes';
/** Clients send as many bytes of a file to learn how it must be uploaded. */
const SAMPLE_BYTES = 512;

/**
 * The files of a repository's first commit: `.gitattributes`, a card for spaces and licenses, and the files of the request, which replace
 * default files.
 *
 * @throws HubError `BadRequest` for an invalid path or content, a path that occurs twice, and a file that has to be uploaded with LFS
 */
export function firstFiles(request: FirstCommitRequest): FirstFile[] {
  const requested = decodeFiles(request.files);
  const files = new Map([[ATTRIBUTES_PATH, Buffer.from(defaultGitAttributes(request.repo.type))], ...requested]);
  const card = defaultCard(request);
  if (card !== undefined && !files.has(CARD_PATH)) files.set(CARD_PATH, Buffer.from(card));
  refuseLfsFiles(files);
  return [...files].map(([path, content]) => ({ path, content }));
}

function decodeFiles(files: readonly RequestedFile[]): Map<string, Buffer> {
  const decoded = new Map<string, Buffer>();
  for (const { path, encoding, content } of files) {
    checkCommitPath(path);
    if (decoded.has(path)) throw new HubError('BadRequest', `"files": ${quotePath(path)} occurs twice`);
    decoded.set(path, decode(path, encoding, content));
  }
  return decoded;
}

function decode(path: string, encoding: ContentEncoding, content: string): Buffer {
  try {
    return decodeContent(content, encoding);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new HubError('BadRequest', `"files": the content of ${quotePath(path)} ${error.message}`, { cause: error });
  }
}

/** Matching takes up to 40 ms. */
const MAX_MATCHING_STEPS = 2_000_000;

function refuseLfsFiles(files: ReadonlyMap<string, Buffer>): void {
  const rules = [...files].filter(([path]) => path === ATTRIBUTES_PATH || path.endsWith(`/${ATTRIBUTES_PATH}`));
  const attributes = new GitAttributes(
    rules.map(([path, content]) => ({
      folder: path.slice(0, -ATTRIBUTES_PATH.length).replace(/\/$/, ''),
      text: content.toString('utf8'),
    })),
  );
  const budget = new StepBudget(MAX_MATCHING_STEPS);
  for (const [path, content] of files) {
    const file = { path, sample: content.subarray(0, SAMPLE_BYTES), size: content.length };
    if (uploadMode(file, attributes, budget) === 'lfs')
      throw new HubError(
        'BadRequest',
        `"files": ${quotePath(path)} has to be stored with Git LFS. Create the repository first, then upload the file.`,
      );
  }
}

/** The card of a space has its SDK, which clients and pages read. Other cards only have a license. */
function defaultCard({ repo, sdk, license }: FirstCommitRequest): string | undefined {
  const space = repo.type === 'space' ? spaceLines(repo.name, sdk) : [];
  const lines = license === undefined ? space : [...space, `license: ${license}`];
  return lines.length === 0 ? undefined : `---\n${lines.join('\n')}\n---\n`;
}

const spaceLines = (name: string, sdk: string | undefined): string[] => [
  `title: ${yamlText(name)}`,
  'emoji: 🚀',
  'colorFrom: blue',
  'colorTo: green',
  ...(sdk === undefined ? [] : [`sdk: ${yamlText(sdk)}`]),
  'pinned: false',
];

/** Quotes names that YAML 1.1 or 1.2 would read as another value. */
const yamlText = (name: string): string =>
  /^[a-z][\w.-]*$/i.test(name) && !/^(?:true|false|null|yes|no|on|off|y|n)$/i.test(name) ? name : JSON.stringify(name);
