import { content } from './fake-content.js';
import type { RepoRequestContext } from './fake-huggingface.js';
import { disabled, entryMissing, gateOf, revisionMissing } from './fake-huggingface-errors.js';
import { json, redirect, text } from './fake-replies.js';
import { findBlob, isBlob, type FakeBlob, type FakeCommit } from './fake-repo.js';
import type { Responder } from './fake-upstream.js';

const XET_JSON = 'application/vnd.xet-fileinfo+json';

interface FoundFile {
  readonly commit: FakeCommit;
  readonly blob: FakeBlob;
}

/** Revisions may contain slashes, even unescaped ones: the longest existing revision matches. */
export const findRevision = (context: RepoRequestContext): { commit: FakeCommit; path: string } | undefined => {
  const { rest } = context.repoRequest;
  for (let length = rest.length; length > 0; length--) {
    const commit = context.repo.find(rest.slice(0, length).join('/'));
    if (commit) return { commit, path: rest.slice(length).join('/') };
  }
  return undefined;
};

/** The file, or the first error that applies: access, revision, entry. */
const findFile = (context: RepoRequestContext): FoundFile | Responder => {
  const refusal = gateOf(context.repo, context.account) ?? (context.repo.spec.disabled ? disabled() : undefined);
  if (refusal) return refusal;
  const at = findRevision(context);
  if (!at) return revisionMissing(context.repoRequest.rest);
  const blob = findBlob(at.commit, at.path);
  return blob ? { commit: at.commit, blob } : entryMissing(at.commit.id);
};

const disposition = (path: string): string => {
  const name = path.split('/').at(-1) ?? path;
  const plain = name.replace(/[^\x20-\x7e]|["\\]/g, '_');
  return `inline; filename*=UTF-8''${encodeURIComponent(name)}; filename="${plain}";`;
};

const fileHeaders = ({ commit, blob }: FoundFile): Record<string, string> => ({
  etag: `"${blob.lfs?.sha256 ?? blob.oid}"`,
  'x-repo-commit': commit.id,
  'content-disposition': disposition(blob.path),
});

const linkedHeaders = ({ commit, blob }: FoundFile): Record<string, string> => ({
  'x-repo-commit': commit.id,
  'accept-ranges': 'bytes',
  'x-linked-size': String(blob.size),
  'x-linked-etag': `"${blob.lfs?.sha256 ?? blob.oid}"`,
});

/** A file in git. The redirect target is on the hub itself; its query contains the original path. */
const smallFile = (context: RepoRequestContext, found: FoundFile): Responder => {
  const { repo, request } = context;
  const encodedPath = found.blob.path.split('/').map(encodeURIComponent).join('/');
  const from = encodeURIComponent(request.url.split('?')[0] ?? '');
  const target = `/api/resolve-cache/${repo.type}s/${repo.id}/${found.commit.id}/${encodedPath}`;
  return redirect(307, `${target}?${from}=&etag=%22${found.blob.oid}%22`, linkedHeaders(found));
};

/** A large file. The response has Xet headers; clients that use them leave the hub. */
const largeFile = (context: RepoRequestContext, found: FoundFile, xetHash: string): Responder => {
  const { hub, repo } = context;
  const storageUrl = (hub.options.xet?.cas ?? hub.cdn.upstream).url;
  const auth = `${hub.url}/api/${repo.type}s/${repo.id}/xet-read-token/${found.commit.id}`;
  const headers = {
    ...linkedHeaders(found),
    'x-xet-hash': xetHash,
    'cache-control': 'no-cache',
    link: `<${auth}>; rel="xet-auth", <${storageUrl}/v1/reconstructions/${xetHash}>; rel="xet-reconstruction-info"`,
  };
  if (context.request.headers.accept?.includes(XET_JSON)) {
    return json(200, { hash: xetHash, refreshUrl: auth }, { ...headers, 'content-type': XET_JSON });
  }
  return redirect(302, hub.cdn.sign(repo.main.id.slice(0, 24), found.blob), headers);
};

/** `/{id}/resolve/{revision}/{path}` */
export const fileResponder = (context: RepoRequestContext): Responder => {
  const found = findFile(context);
  if (typeof found === 'function') return found;
  if (context.hub.options.direct)
    return content(found.blob.content, { ...linkedHeaders(found), ...fileHeaders(found) });
  const etag = linkedHeaders(found)['x-linked-etag'];
  if (context.request.headers['if-none-match'] === etag) {
    return (response) => response.writeHead(304, { etag, 'x-repo-commit': found.commit.id }).end();
  }
  return found.blob.lfs ? largeFile(context, found, found.blob.lfs.xetHash) : smallFile(context, found);
};

/** `/api/models/{id}/xet-read-token/{revision}`. Requires the same access as files. */
export const xetTokenResponder = (context: RepoRequestContext): Responder => {
  const refusal = gateOf(context.repo, context.account);
  if (refusal) return refusal;
  const storage = context.hub.options.xet;
  const at = findRevision(context);
  if (!at) return revisionMissing(context.repoRequest.rest);
  if (!storage) return text(404, 'Not Found');
  for (const entry of at.commit.entries) if (isBlob(entry) && entry.lfs) storage.add(entry);
  return json(200, storage.issue(context.account?.name ?? 'anonymous'));
};

/** The redirect target of a small file. Text may be compressed, as by CloudFront. */
export const cachedFileResponder = (context: RepoRequestContext): Responder => {
  const found = findFile(context);
  return typeof found === 'function' ? found : content(found.blob.content, fileHeaders(found), true);
};

/** `/{id}/raw/{revision}/{path}`: the content in git. */
export const rawResponder = (context: RepoRequestContext): Responder => {
  const found = findFile(context);
  if (typeof found === 'function') return found;
  const headers = { ...fileHeaders(found), etag: `"${found.blob.oid}"`, 'content-type': 'text/plain; charset=utf-8' };
  return content(found.blob.lfs?.pointer ?? found.blob.content, headers, true);
};
