import { content } from './fake-content.js';
import type { RepoRequestContext } from './fake-huggingface.js';
import { disabled, entryMissing, gateOf, revisionMissing } from './fake-huggingface-errors.js';
import { json, redirect } from './fake-replies.js';
import { findBlob, type FakeBlob, type FakeCommit } from './fake-repo.js';
import type { Responder } from './fake-upstream.js';

const XET_JSON = 'application/vnd.xet-fileinfo+json';

interface Found {
  readonly commit: FakeCommit;
  readonly blob: FakeBlob;
}

/** A revision may have slashes, raw ones too: the longest known one counts. */
export const findRevision = (asked: RepoRequestContext): { commit: FakeCommit; path: string } | undefined => {
  const { rest } = asked.question;
  for (let length = rest.length; length > 0; length--) {
    const commit = asked.repo.find(rest.slice(0, length).join('/'));
    if (commit) return { commit, path: rest.slice(length).join('/') };
  }
  return undefined;
};

/** The file, or the refusal that comes first: the gate, the revision, the entry. */
const findFile = (asked: RepoRequestContext): Found | Responder => {
  const refusal = gateOf(asked.repo, asked.account) ?? (asked.repo.spec.disabled ? disabled() : undefined);
  if (refusal) return refusal;
  const at = findRevision(asked);
  if (!at) return revisionMissing(asked.question.rest);
  const blob = findBlob(at.commit, at.path);
  return blob ? { commit: at.commit, blob } : entryMissing(at.commit.id);
};

const disposition = (path: string): string => {
  const name = path.split('/').at(-1) ?? path;
  const plain = name.replace(/[^\x20-\x7e]|["\\]/g, '_');
  return `inline; filename*=UTF-8''${encodeURIComponent(name)}; filename="${plain}";`;
};

const fileHeaders = ({ commit, blob }: Found): Record<string, string> => ({
  etag: `"${blob.lfs?.sha256 ?? blob.oid}"`,
  'x-repo-commit': commit.id,
  'content-disposition': disposition(blob.path),
});

const linkedHeaders = ({ commit, blob }: Found): Record<string, string> => ({
  'x-repo-commit': commit.id,
  'accept-ranges': 'bytes',
  'x-linked-size': String(blob.content.length),
  'x-linked-etag': `"${blob.lfs?.sha256 ?? blob.oid}"`,
});

/** D.8: a file that git holds. The target lies on the hub itself; its query names where the asker came from. */
const smallFile = (asked: RepoRequestContext, found: Found): Responder => {
  const { repo, request } = asked;
  const encodedPath = found.blob.path.split('/').map(encodeURIComponent).join('/');
  const from = encodeURIComponent(request.url.split('?')[0] ?? '');
  const target = `/api/resolve-cache/${repo.type}s/${repo.id}/${found.commit.id}/${encodedPath}`;
  return redirect(307, `${target}?${from}=&etag=%22${found.blob.oid}%22`, linkedHeaders(found));
};

/** D.9: a large file. The answer hints at xet; who follows the hint leaves the hub. */
const largeFile = (asked: RepoRequestContext, found: Found, xetHash: string): Responder => {
  const { hub, repo } = asked;
  const auth = `${hub.url}/api/${repo.type}s/${repo.id}/xet-read-token/${found.commit.id}`;
  const headers = {
    ...linkedHeaders(found),
    'x-xet-hash': xetHash,
    'cache-control': 'no-cache',
    link: `<${auth}>; rel="xet-auth", <${hub.cdn.upstream.url}/v1/reconstructions/${xetHash}>; rel="xet-reconstruction-info"`,
  };
  if (asked.request.headers.accept?.includes(XET_JSON)) {
    return json(200, { hash: xetHash, refreshUrl: auth }, { ...headers, 'content-type': XET_JSON });
  }
  return redirect(302, hub.cdn.sign(repo.main.id.slice(0, 24), found.blob), headers);
};

/** `/{id}/resolve/{revision}/{path}` */
export const fileResponder = (asked: RepoRequestContext): Responder => {
  const found = findFile(asked);
  if (typeof found === 'function') return found;
  if (asked.hub.options.direct) return content(found.blob.content, { ...linkedHeaders(found), ...fileHeaders(found) });
  const etag = linkedHeaders(found)['x-linked-etag'];
  if (asked.request.headers['if-none-match'] === etag) {
    return (response) => response.writeHead(304, { etag, 'x-repo-commit': found.commit.id }).end();
  }
  return found.blob.lfs ? largeFile(asked, found, found.blob.lfs.xetHash) : smallFile(asked, found);
};

/** The target of a small file's redirect; text goes out compressed where that was asked for, as through CloudFront. */
export const cachedFileResponder = (asked: RepoRequestContext): Responder => {
  const found = findFile(asked);
  return typeof found === 'function' ? found : content(found.blob.content, fileHeaders(found), true);
};

/** `/{id}/raw/{revision}/{path}`: what git holds. */
export const rawResponder = (asked: RepoRequestContext): Responder => {
  const found = findFile(asked);
  if (typeof found === 'function') return found;
  const headers = { ...fileHeaders(found), etag: `"${found.blob.oid}"`, 'content-type': 'text/plain; charset=utf-8' };
  return content(found.blob.lfs?.pointer ?? found.blob.content, headers, true);
};
