import { randomBytes } from 'node:crypto';
import { sendRequest, type RequestOptions, type HttpResponse } from '../support/send-request.js';
import { commitBody, fileLine } from '../support/commit-body.js';
import { follow, LfsClient, sha256 } from '../support/lfs-client.js';
import { fileOf, newXorb, shardBytes } from '../support/xet-builder.js';

/** Small, so that short files have many parts. */
export const PART_SIZE = 200_000;

/** A repository of a hub that may die at any moment, and who uploads to it. */
export interface Target {
  readonly url: string;
  /** `ns/name` of a model. */
  readonly repo: string;
  readonly headers: { readonly authorization: string };
}

/** What the hub has acknowledged. */
export interface Uploaded {
  readonly commit: string;
  readonly path: string;
  readonly sha256: string;
}

/** A way to put content into the repository. @throws `the hub answered …` when it refuses, anything else when it is gone */
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

/** A file inside the commit: what is short stays in memory on its way, what is long does not. */
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

/** A file of two xorbs, of which it has one chunk twice. */
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
  const [one, two] = [newXorb(130_000, 70_000), newXorb(90_000)];
  await Promise.all([one, two].map(({ hash, bytes }) => post(`xorbs/default/${hash}`, bytes)));
  const content = Buffer.concat([one.part(0, 2), two.part(0, 1), one.part(1, 2)]);
  await post('shards', shardBytes([fileOf(content, one.term(0, 2), two.term(0, 1), one.term(1, 2))]));
  return commitLarge(target, path, content);
};

/** Every way in which content comes into a repository. */
export const UPLOADS: Readonly<Record<string, Upload>> = {
  'a few bytes in the commit': inCommit(20),
  'a text in the commit': inCommit(5_000),
  'a long file in the commit': inCommit(1_500_000),
  LFS: overLfs(700_000),
  'LFS in parts': overLfsInParts(4 * PART_SIZE + 1),
  Xet: overXet,
};
