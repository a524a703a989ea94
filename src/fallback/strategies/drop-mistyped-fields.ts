import { fieldsOf, type Fields } from '../../domain/read-fields.js';
import { isXetHash } from '../../domain/xet-hash.js';
import {
  isCount,
  isDate,
  isFlag,
  isGate,
  isNumber,
  isObject,
  isObjectOrNull,
  isText,
  isTextOrNull,
  optional,
  withoutMistyped,
  type Checks,
} from './field-checks.js';
import {
  isEvalResult,
  isLastCommit,
  isPathLfs,
  isProviderMapping,
  isRuntime,
  isSafetensors,
  isSecurityStatus,
  isSiblingLfs,
  isTransformersInfo,
} from './nested-checks.js';

const INFO: Checks = {
  _id: isText,
  id: isText,
  modelId: isText,
  author: isTextOrNull,
  sha: isTextOrNull,
  pipeline_tag: isTextOrNull,
  library_name: isTextOrNull,
  sdk: isTextOrNull,
  downloads: isCount,
  downloadsAllTime: isCount,
  likes: isCount,
  usedStorage: isCount,
  trendingScore: isNumber,
  createdAt: isDate,
  lastModified: isDate,
  private: isFlag,
  disabled: isFlag,
  gated: isGate,
  tags: Array.isArray,
  siblings: Array.isArray,
  spaces: Array.isArray,
  models: Array.isArray,
  datasets: Array.isArray,
  cardData: isObjectOrNull,
  config: isObjectOrNull,
  transformersInfo: optional(isTransformersInfo),
  runtime: optional(isRuntime),
  safetensors: optional(isSafetensors),
  inferenceProviderMapping: optional(isProviderMapping),
  evalResults: optional(Array.isArray),
  gguf: isObjectOrNull,
  xetEnabled: isFlag,
};

const SIBLING = {
  rfilename: isText,
  size: isCount,
  blobId: isText,
  lfs: optional(isSiblingLfs),
  xetHash: isXetHash,
};
const SIZE = { path: isText, size: isCount };
const PATH = {
  type: isText,
  oid: isText,
  path: isText,
  size: isCount,
  lfs: optional(isPathLfs),
  xetHash: isXetHash,
  lastCommit: optional(isLastCommit),
  securityFileStatus: optional(isSecurityStatus),
};
const COMMIT = { id: isText, title: isText, message: isText, authors: Array.isArray, formatted: isObject };
const REF = { name: isText, ref: isText, targetCommit: isText };
const TOTALS = { total: isCount, architecture: isText, context_length: isCount, parameters: isObject };
const AUTHOR = { user: isText, avatar: isTextOrNull };

/**
 * Removes known fields whose values have the wrong type, such as `downloads: "many"`. Clients and pages would otherwise fail or show "NaN".
 * Nested objects without what clients read of them are removed as a whole. Unknown fields are kept.
 */
export function plainInfo(info: Fields): Record<string, unknown> {
  const plain = withoutMistyped(info, INFO);
  if (plain['tags']) plain['tags'] = (plain['tags'] as unknown[]).filter(isText);
  if (plain['siblings'])
    plain['siblings'] = namedEntries(plain['siblings'], 'rfilename').map((sibling) =>
      withoutMistyped(sibling, SIBLING),
    );
  if (plain['evalResults']) plain['evalResults'] = (plain['evalResults'] as unknown[]).filter(isEvalResult);
  if (isObject(plain['gguf'])) plain['gguf'] = withoutMistyped(fieldsOf(plain['gguf']), TOTALS);
  return plain;
}

/** Entries of `tree` and `paths-info`, checked like `plainInfo`. Entries without a path are left out. */
export const plainPaths = (entries: readonly unknown[]): Record<string, unknown>[] =>
  namedEntries(entries, 'path').map((entry) => withoutMistyped(entry, PATH));

/** Commits, checked like `plainInfo`. Clients require authors, texts and a date, so commits without an id or a date are left out. */
export const plainCommits = (entries: readonly unknown[]): Record<string, unknown>[] =>
  namedEntries(entries, 'id')
    .filter(({ date }) => isDate(date))
    .map((entry) => {
      const plain = { title: '', message: '', authors: [], ...withoutMistyped(entry, COMMIT) };
      return {
        ...plain,
        authors: namedEntries(plain.authors, 'user').map((author) => withoutMistyped(author, AUTHOR)),
      };
    });

/** Branches, tags and other references. Clients read all three members of each, so references without one of them are left out. */
export function plainRefs(refs: Fields): Record<string, unknown> {
  const plain: Record<string, unknown> = { ...refs };
  for (const kind of ['branches', 'tags', 'converts', 'pullRequests'])
    if (kind in plain) plain[kind] = refsOf(plain[kind]);
  return plain;
}

/** The size of a folder. */
export const plainSize = (size: Fields): Fields => withoutMistyped(size, SIZE);

const refsOf = (entries: unknown): Fields[] =>
  (Array.isArray(entries) ? entries : [])
    .map(fieldsOf)
    .filter((entry) => Object.entries(REF).every(([name, check]) => check(entry[name])));

const namedEntries = (entries: unknown, name: string): Fields[] =>
  (entries as readonly unknown[]).map(fieldsOf).filter((fields) => isText(fields[name]));
