import { createHash } from 'node:crypto';
import type { LfsBatchAnswer } from '../../src/repos/store/wire/lfs.js';
import { sendRequest, type RequestOptions, type HttpResponse } from './send-request.js';
import type { RunningHub } from './hub-app.js';
import type { TestUser } from './test-users.js';

export const sha256 = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');

/** A large file as a client names it. */
export const lfsObject = (content: Uint8Array): { oid: string; size: number } => ({
  oid: sha256(content),
  size: content.length,
});

/** Speaks the LFS protocol with a hub, as clients do: the batch with credentials, the bytes without. */
export class LfsClient {
  constructor(
    private readonly hub: Pick<RunningHub, 'url'>,
    private readonly repo: string,
    private readonly who?: Pick<TestUser, 'headers'>,
  ) {}

  post(path: string, json: unknown): Promise<HttpResponse> {
    const headers = { ...this.who?.headers, 'content-type': 'application/vnd.git-lfs+json' };
    return sendRequest(this.hub.url, `/${this.repo}.git/info/lfs/${path}`, { method: 'POST', headers, json });
  }

  /** The answer to a batch for these contents. */
  async batch(operation: string, contents: readonly Uint8Array[], more: object = {}): Promise<LfsBatchAnswer> {
    const told = await this.post('objects/batch', { operation, objects: contents.map(lfsObject), ...more });
    if (told.status !== 200) throw new Error(`the hub answered ${told.status}: ${told.body.toString()}`);
    return told.json() as LfsBatchAnswer;
  }

  /** The link to upload this content by. */
  async uploadLink(content: Uint8Array): Promise<string> {
    return (await this.batch('upload', [content])).objects[0]!.actions!.upload!.href;
  }

  async upload(content: Uint8Array): Promise<HttpResponse> {
    return follow(this.hub, await this.uploadLink(content), { method: 'PUT', body: Buffer.from(content) });
  }
}

/** Uses a link of the hub without any credentials. */
export function follow(
  hub: Pick<RunningHub, 'url'>,
  href: string,
  options: RequestOptions = {},
): Promise<HttpResponse> {
  if (!href.startsWith(`${hub.url}/`)) throw new Error(`${href} does not lead to the hub`);
  return sendRequest(hub.url, href.slice(hub.url.length), options);
}
