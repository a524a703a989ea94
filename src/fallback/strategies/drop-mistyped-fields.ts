import { countOf, dateTextOf, fieldsOf, type Fields } from '../../domain/read-fields.js';

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === 'string';
/** huggingface.co sends null for an unknown library or an empty repository's commit. */
const isTextOrNull: Check = (value) => value === null || isText(value);
const isFlag: Check = (value) => typeof value === 'boolean';
const isNumber: Check = (value) => Number.isFinite(value);
const isCount: Check = (value) => countOf(value) !== undefined;
const isDate: Check = (value) => dateTextOf(value) !== null;
const isGate: Check = (value) => isFlag(value) || value === 'auto' || value === 'manual';
const isObject: Check = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const isObjectOrNull: Check = (value) => value === null || isObject(value);

const INFO: Readonly<Record<string, Check>> = {
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
  transformersInfo: isObjectOrNull,
  runtime: isObjectOrNull,
  safetensors: isObjectOrNull,
  gguf: isObjectOrNull,
};

const LFS = { oid: isText, sha256: isText, size: isCount, pointerSize: isCount };
const SIBLING = { rfilename: isText, size: isCount, blobId: isText, lfs: isObjectOrNull };
const PATH = {
  type: isText,
  oid: isText,
  path: isText,
  size: isCount,
  lfs: isObjectOrNull,
  lastCommit: isObjectOrNull,
};
const COMMIT = { id: isText, title: isText, message: isText, date: isDate, authors: Array.isArray };
const REF = { name: isText, ref: isText, targetCommit: isText };
const TOTALS = { total: isCount, architecture: isText, context_length: isCount, parameters: isObject };
const AUTHOR = { user: isText, avatar: isTextOrNull };

/**
 * Removes known fields whose values have the wrong type, such as `downloads: "many"`. Clients and pages would otherwise fail or show "NaN".
 * Unknown fields are kept.
 */
export function plainInfo(info: Fields): Record<string, unknown> {
  const plain = withoutMistyped(info, INFO);
  if (plain['tags']) plain['tags'] = (plain['tags'] as unknown[]).filter(isText);
  if (plain['siblings']) plain['siblings'] = namedEntries(plain['siblings'], 'rfilename').map(plainSibling);
  for (const name of ['safetensors', 'gguf']) dropWithin(plain, name, TOTALS);
  return plain;
}

/** Entries of `tree` and `paths-info`, checked like `plainInfo`. Entries without a path are left out. */
export const plainPaths = (entries: readonly unknown[]): Record<string, unknown>[] =>
  namedEntries(entries, 'path').map((entry) => {
    const plain = withoutMistyped(entry, PATH);
    dropWithin(plain, 'lfs', LFS);
    dropWithin(plain, 'lastCommit', COMMIT);
    return plain;
  });

/** Commits, checked like `plainInfo`. Commits without an id are left out. */
export const plainCommits = (entries: readonly unknown[]): Record<string, unknown>[] =>
  namedEntries(entries, 'id').map((entry) => {
    const plain = withoutMistyped(entry, COMMIT);
    if (plain['authors'])
      plain['authors'] = (plain['authors'] as unknown[])
        .filter(isObject)
        .map((author) => withoutMistyped(fieldsOf(author), AUTHOR));
    return plain;
  });

/** Branches, tags and other references. Clients read all three members of each, so references without one of them are left out. */
export function plainRefs(refs: Fields): Record<string, unknown> {
  const plain: Record<string, unknown> = { ...refs };
  for (const kind of ['branches', 'tags', 'converts', 'pullRequests'])
    if (kind in plain) plain[kind] = refsOf(plain[kind]);
  return plain;
}

const refsOf = (entries: unknown): Fields[] =>
  (Array.isArray(entries) ? entries : [])
    .map(fieldsOf)
    .filter((entry) => Object.entries(REF).every(([name, check]) => check(entry[name])));

function plainSibling(sibling: Fields): Record<string, unknown> {
  const plain = withoutMistyped(sibling, SIBLING);
  dropWithin(plain, 'lfs', LFS);
  return plain;
}

function dropWithin(fields: Record<string, unknown>, name: string, checks: Readonly<Record<string, Check>>): void {
  if (isObject(fields[name])) fields[name] = withoutMistyped(fieldsOf(fields[name]), checks);
}

const namedEntries = (entries: unknown, name: string): Fields[] =>
  (entries as readonly unknown[]).map(fieldsOf).filter((fields) => isText(fields[name]));

/** A copy without the fields that fail their check. */
function withoutMistyped(fields: Fields, checks: Readonly<Record<string, Check>>): Record<string, unknown> {
  const plain: Record<string, unknown> = { ...fields };
  for (const name in checks) if (name in plain && !checks[name]!(plain[name])) delete plain[name];
  return plain;
}
