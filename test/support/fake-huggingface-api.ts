import { createTwoFilesPatch } from 'diff';
import type { RepoRequestContext } from './fake-huggingface.js';
import { entryMissing, gateOf, revisionMissing, unknownExpand } from './fake-huggingface-errors.js';
import { findRevision } from './fake-huggingface-files.js';
import { json, text } from './fake-replies.js';
import { isBlob, type FakeBlob, type FakeCommit, type FakeFolder } from './fake-repo.js';
import type { Responder } from './fake-upstream.js';

const PAGE = 1000;
const EXPANDED_PAGE = 100;
const COMMITS_PAGE = 50;

const truthy = (value: string | null): boolean => value !== null && /^(true|1)$/i.test(value);

const nextLink = (context: RepoRequestContext, change: Record<string, string>): Record<string, string> => {
  const url = new URL(context.request.url, context.hub.url);
  for (const [name, value] of Object.entries(change)) url.searchParams.set(name, value);
  return { link: `<${url.toString()}>; rel="next"` };
};

const lfsOf = (blob: FakeBlob): { size: number; pointerSize: number } => ({
  size: blob.size,
  pointerSize: blob.lfs?.pointer.length ?? 0,
});

const siblingOf = (blob: FakeBlob, withBlobs: boolean): Record<string, unknown> => {
  if (!withBlobs) return { rfilename: blob.path };
  const lfs = blob.lfs ? { lfs: { sha256: blob.lfs.sha256, ...lfsOf(blob) } } : {};
  return { rfilename: blob.path, blobId: blob.oid, size: blob.size, ...lfs };
};

/** The database key of a repository: 24 hex digits. */
const repoKey = (context: RepoRequestContext): string =>
  Buffer.from(context.repo.id.padEnd(12, '-')).toString('hex').slice(0, 24);

const wholeInfo = (context: RepoRequestContext, commit: FakeCommit): Record<string, unknown> => {
  const { id, type, main, spec } = context.repo;
  const withBlobs = truthy(context.repoRequest.query.get('blobs'));
  return {
    _id: repoKey(context),
    id,
    ...(type === 'model' ? { modelId: id, pipeline_tag: 'text-generation', library_name: 'transformers' } : {}),
    author: id.split('/')[0],
    sha: commit.id,
    lastModified: main.date,
    createdAt: '2022-03-02T23:29:04.000Z',
    private: spec.private ?? false,
    gated: spec.gated ?? false,
    disabled: spec.disabled ?? false,
    tags: ['region:us'],
    downloads: 1234,
    likes: 56,
    siblings: commit.entries.filter(isBlob).map((blob) => siblingOf(blob, withBlobs)),
    usedStorage: 4096,
    ...spec.info,
  };
};

/** Fields that `expand` supports in addition to the default ones. */
const EXPANDABLE = (
  'baseModels cardData childrenModelCount config description downloadsAllTime gguf inference resourceGroup runtime ' +
  'safetensors sdk spaces trendingScore xetEnabled'
).split(' ');

/** `/api/models/{id}` and `/api/models/{id}/revision/{revision}` */
export const infoResponder = (context: RepoRequestContext): Responder => {
  const { query, verb, rest } = context.repoRequest;
  const commit = verb === 'info' ? context.repo.main : findRevision(context)?.commit;
  if (!commit) return revisionMissing(rest);
  const info: Record<string, unknown> = wholeInfo(context, commit);
  const wanted = [...query.getAll('expand'), ...query.getAll('expand[]')];
  if (wanted.length === 0) return json(200, info);
  const known = [...Object.keys(info).slice(2), ...EXPANDABLE];
  if (!wanted.every((name) => known.includes(name))) return unknownExpand(known);
  const expanded: [string, unknown][] = wanted.map((name) => [name, name === 'xetEnabled' ? true : info[name]]);
  return json(200, { _id: info._id, id: info.id, ...Object.fromEntries(expanded) });
};

const treeEntry = (entry: FakeBlob | FakeFolder, commit: FakeCommit, expand: boolean): Record<string, unknown> => {
  const last = expand ? { lastCommit: { id: commit.id, title: commit.title, date: commit.date } } : {};
  if (!isBlob(entry)) return { type: 'directory', oid: entry.oid, size: 0, path: entry.path, ...last };
  const lfs = entry.lfs ? { lfs: { oid: entry.lfs.sha256, ...lfsOf(entry) }, xetHash: entry.lfs.xetHash } : {};
  const scan = expand
    ? { securityFileStatus: { status: 'safe', avScan: { virusFound: false }, pickleImportScan: null } }
    : {};
  return { type: 'file', oid: entry.oid, size: entry.size, ...lfs, path: entry.path, ...last, ...scan };
};

/** `/api/models/{id}/tree/{revision}[/{folder}]`, in pages; the URL of the next page is absolute. */
export const treeResponder = (context: RepoRequestContext): Responder => {
  const { query, rest } = context.repoRequest;
  const at = findRevision(context);
  if (!at) return revisionMissing(rest);
  const { commit, path } = at;
  const folder = commit.entries.find((entry) => entry.path === path);
  if (path && (!folder || isBlob(folder))) return entryMissing(commit.id);
  const prefix = path ? `${path}/` : '';
  const deep = truthy(query.get('recursive'));
  const below = commit.entries.filter(
    (entry) => entry.path.startsWith(prefix) && (deep || !entry.path.slice(prefix.length).includes('/')),
  );
  const expand = truthy(query.get('expand'));
  const maxLimit = context.hub.options.pageSize ?? (expand ? EXPANDED_PAGE : PAGE);
  const limit = Math.min(Number(query.get('limit') ?? maxLimit), maxLimit);
  const cursor = query.get('cursor');
  const start = cursor ? Number(Buffer.from(cursor, 'base64').toString()) : 0;
  const next =
    start + limit < below.length ? { cursor: Buffer.from(String(start + limit)).toString('base64') } : undefined;
  const page = below.slice(start, start + limit).map((entry) => treeEntry(entry, commit, expand));
  return json(200, page, next ? nextLink(context, next) : {});
};

const requestedPaths = (context: RepoRequestContext): { paths: string[]; expand: boolean } => {
  const { headers, body } = context.request;
  if (headers['content-type']?.includes('json')) {
    const given = JSON.parse(body.toString()) as { paths?: string | string[]; expand?: boolean };
    return { paths: [given.paths ?? []].flat(), expand: given.expand ?? false };
  }
  const form = new URLSearchParams(body.toString());
  return { paths: form.getAll('paths'), expand: truthy(form.get('expand')) };
};

/** POST `/api/models/{id}/paths-info/{revision}`; omits missing paths. */
export const pathsInfoResponder = (context: RepoRequestContext): Responder => {
  const at = findRevision(context);
  if (!at) return revisionMissing(context.repoRequest.rest);
  const { paths, expand } = requestedPaths(context);
  const found = at.commit.entries.filter((entry) => paths.includes(entry.path));
  return json(
    200,
    found.map((entry) => treeEntry(entry, at.commit, expand)),
  );
};

/** `/api/models/{id}/refs` */
export const refsResponder = (context: RepoRequestContext): Responder => {
  const under = (prefix: string) =>
    [...context.repo.refs]
      .filter(([ref]) => ref.startsWith(prefix))
      .map(([ref, commit]) => ({ name: ref.slice(prefix.length), ref, targetCommit: commit.id }));
  const pulls = context.repoRequest.query.get('include_prs') ? { pullRequests: under('refs/pr/') } : {};
  const [branches, tags, converts] = [under('refs/heads/'), under('refs/tags/'), under('refs/convert/')];
  return json(200, { branches, tags, converts, ...pulls });
};

/** `/api/models/{id}/commits/{revision}`, newest first. Requires the same access as files. */
export const commitsResponder = (context: RepoRequestContext): Responder => {
  const gate = gateOf(context.repo, context.account);
  if (gate) return gate;
  const at = findRevision(context);
  if (!at) return revisionMissing(context.repoRequest.rest);
  const all: FakeCommit[] = [];
  for (let commit: FakeCommit | undefined = at.commit; commit; commit = commit.parent) all.push(commit);
  const { query } = context.repoRequest;
  const limit = Number(query.get('limit') ?? COMMITS_PAGE);
  const page = Number(query.get('p') ?? 0);
  const authors = [{ user: 'ada', avatar: '/avatars/ada.svg' }];
  const items = all.slice(page * limit, (page + 1) * limit);
  const next = (page + 1) * limit < all.length ? nextLink(context, { p: String(page + 1) }) : {};
  const answer = items.map(({ id, title, date }) => ({ id, title, message: '', authors, date }));
  return json(200, answer, { 'x-total-count': String(all.length), ...next });
};

/** `/api/models/{id}/compare/{a}..{b}`, or one commit with its parent: a unified diff of its text files. */
export const compareResponder = (context: RepoRequestContext): Responder => {
  const gate = gateOf(context.repo, context.account);
  if (gate) return gate;
  const revisions = context.repoRequest.rest.join('/').split(/\.{2,3}/);
  const commits = revisions.map((revision) => context.repo.find(revision));
  if (commits.includes(undefined)) return revisionMissing(revisions);
  const [first, second] = commits as FakeCommit[];
  const [before, after] = second ? [first, second] : [first!.parent, first!];
  const blobs = (commit: FakeCommit | undefined) =>
    new Map(commit?.entries.filter(isBlob).map(({ path, content }) => [path, content.toString()]));
  const [old, current] = [blobs(before), blobs(after)];
  const paths = [...new Set([...old.keys(), ...current.keys()])].filter((path) => old.get(path) !== current.get(path));
  const patch = (path: string): string =>
    `diff --git a/${path} b/${path}\n${createTwoFilesPatch(`a/${path}`, `b/${path}`, old.get(path) ?? '', current.get(path) ?? '')}`;
  return text(200, paths.map(patch).join(''), { 'content-type': 'text/plain; charset=utf-8' });
};
