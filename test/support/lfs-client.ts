import { createHash } from 'node:crypto';
import type { LfsBatchResponse } from '../../src/repos/store/wire/lfs.js';
import { sendRequest, type RequestOptions, type HttpResponse } from './send-request.js';
import type { RunningHub } from './hub-app.js';
import type { TestUser } from './test-users.js';

export const sha256 = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');

/** An LFS object in a batch request. */
export const lfsObject = (content: Uint8Array): { oid: string; size: number } => ({
  oid: sha256(content),
  size: content.length,
});

/** An LFS client of the hub. As usual, only batch requests have credentials, not transfers. */
export class LfsClient {
  constructor(
    private readonly hub: Pick<RunningHub, 'url'>,
    private readonly repo: string,
    private readonly user?: Pick<TestUser, 'headers'>,
  ) {}

  post(path: string, json: unknown): Promise<HttpResponse> {
    const headers = { ...this.user?.headers, 'content-type': 'application/vnd.git-lfs+json' };
    return sendRequest(this.hub.url, `/${this.repo}.git/info/lfs/${path}`, { method: 'POST', headers, json });
  }

  /** Sends a batch request for these contents. */
  async batch(operation: string, contents: readonly Uint8Array[], more: object = {}): Promise<LfsBatchResponse> {
    const response = await this.post('objects/batch', { operation, objects: contents.map(lfsObject), ...more });
    if (response.status !== 200) throw new Error(`the hub answered ${response.status}: ${response.body.toString()}`);
    return response.json() as LfsBatchResponse;
  }

  /** The upload URL for this content. */
  async uploadLink(content: Uint8Array): Promise<string> {
    return (await this.batch('upload', [content])).objects[0]!.actions!.upload!.href;
  }

  async upload(content: Uint8Array): Promise<HttpResponse> {
    return follow(this.hub, await this.uploadLink(content), { method: 'PUT', body: Buffer.from(content) });
  }
}

/** Sends a request to an absolute URL of the hub, without credentials. */
export function follow(
  hub: Pick<RunningHub, 'url'>,
  href: string,
  options: RequestOptions = {},
): Promise<HttpResponse> {
  if (!href.startsWith(`${hub.url}/`)) throw new Error(`${href} does not lead to the hub`);
  return sendRequest(hub.url, href.slice(hub.url.length), options);
}
