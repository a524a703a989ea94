import { randomBytes } from 'node:crypto';
import { sendRequest, type RequestOptions, type HttpResponse } from '../support/send-request.js';
import { commitBody, fileLine } from '../support/commit-body.js';
import { follow, LfsClient, sha256 } from '../support/lfs-client.js';
import { fileOf, newXorb, shardBytes } from '../support/xet-builder.js';

/** Small, so that even short files have several parts. */
export const PART_SIZE = 200_000;

/** A repository to upload to, and credentials. */
export interface Target {
  readonly url: string;
  /** `ns/name` of a model. */
  readonly repo: string;
  readonly headers: { readonly authorization: string };
}

/** A file whose commit the hub has acknowledged. */
export interface Uploaded {
  readonly commit: string;
  readonly path: string;
  readonly sha256: string;
}

/**
 * Uploads a file of new content.
 * @throws an error with `the hub answered` if the hub rejects it; any other error if the hub has been killed
 */
export type Upload = (target: Target, path: string) => Promise<Uploaded>;

function accepted(answer: HttpResponse): HttpResponse {
  if (answer.status !== 200) throw new Error(`the hub answered ${answer.status}: ${answer.body.toString()}`);
  return answer;
}

async function commit({ url, repo, headers }: Target, path: string, content: Buffer, line: [string, object]) {
  const body = commitBody(path, line, fileLine('last', path));
  const sent = { method: 'POST', body, headers: { ...headers, 'content-type': 'application/x-ndjson' } } as const;
  const answer = accepted(await sendRequest(url, `/api/models/${repo}/commit/main`, sent));
  const { commitOid } = answer.json() as { commitOid: string };
  return { commit: commitOid, path, sha256: sha256(content) };
}

const commitLarge = (target: Target, path: string, content: Buffer): Promise<Uploaded> =>
  commit(target, path, content, ['lfsFile', { path, algo: 'sha256', oid: sha256(content), size: content.length }]);

/** Sends the file inside the commit body. The hub buffers short files in memory and streams long ones to disk. */
const inCommit =
  (bytes: number): Upload =>
  (target, path) => {
    const content = randomBytes(bytes);
    return commit(target, path, content, fileLine(path, content));
  };

const overLfs =
  (bytes: number): Upload =>
  async (target, path) => {
    const content = randomBytes(bytes);
    accepted(await new LfsClient(target, target.repo, target).upload(content));
    return commitLarge(target, path, content);
  };

const overLfsInParts =
  (bytes: number): Upload =>
  async (target, path) => {
    const content = randomBytes(bytes);
    const batch = await new LfsClient(target, target.repo, target).batch('upload', [content], {
      transfers: ['basic', 'multipart'],
    });
    const { href, header } = batch.objects[0]!.actions!.upload!;
    const { chunk_size: _, ...links } = header!;
    const sending = Object.entries(links).map(async ([number, link]) => {
      const at = Number(number) - 1;
      const body = content.subarray(at * PART_SIZE, (at + 1) * PART_SIZE);
      const { etag } = accepted(await follow(target, link, { method: 'PUT', body })).headers;
      return { partNumber: at + 1, etag };
    });
    const json = { oid: sha256(content), parts: await Promise.all(sending) };
    accepted(await follow(target, href, { method: 'POST', json }));
    return commitLarge(target, path, content);
  };

/** Uploads a file of two xorbs in which one chunk occurs twice. */
const overXet: Upload = async (target, path) => {
  const { url, repo, headers } = target;
  const granted = accepted(await sendRequest(url, `/api/models/${repo}/xet-write-token/main`, { headers }));
  const { accessToken } = granted.json() as { accessToken: string };
  const post = async (to: string, body: RequestOptions['body']): Promise<HttpResponse> =>
    accepted(
      await sendRequest(url, `/xet/v1/${to}`, {
        method: 'POST',
        body,
        headers: { authorization: `Bearer ${accessToken}` },
      }),
    );
  const [first, second] = [newXorb(130_000, 70_000), newXorb(90_000)];
  await Promise.all([first, second].map(({ hash, bytes }) => post(`xorbs/default/${hash}`, bytes)));
  const content = Buffer.concat([first.part(0, 2), second.part(0, 1), first.part(1, 2)]);
  await post('shards', shardBytes([fileOf(content, first.term(0, 2), second.term(0, 1), first.term(1, 2))]));
  return commitLarge(target, path, content);
};

/** All ways to upload content to a repository. */
export const UPLOADS: Readonly<Record<string, Upload>> = {
  'a few bytes in the commit': inCommit(20),
  'a short text in the commit': inCommit(5_000),
  'a long file in the commit': inCommit(1_500_000),
  LFS: overLfs(700_000),
  'LFS in parts': overLfsInParts(4 * PART_SIZE + 1),
  Xet: overXet,
};
