import { hubPath, hubUrl } from '@/api/base-path';
import { fetchApi, type Schemas } from '@/api/client';
import { repoPage } from '@/api/repo-urls';
import type { RepoName } from '@/api/repositories';
import { sendBody } from '@/api/send-body';
import { ApiError } from '@/api/api-error';
import { runConcurrently } from './run-concurrently';
import { withRetry } from './with-retry';

const LFS_JSON = 'application/vnd.git-lfs+json';
const CONCURRENT_PARTS = 3;

interface BatchAction {
  readonly href: string;
  /** For multipart uploads: `chunk_size`, and a URL for each part number. */
  readonly header?: Readonly<Record<string, string>>;
}

interface BatchObject {
  readonly error?: { readonly code: number; readonly message: string };
  readonly actions?: { readonly upload?: BatchAction };
}

export interface LfsContent {
  readonly content: Blob;
  /** SHA-256 as hexadecimal digits. */
  readonly oid: string;
}

export interface LfsProgress {
  /** Called with the number of bytes sent so far. */
  readonly onProgress: (sent: number) => void;
  readonly signal: AbortSignal;
}

/** Links to the hub may have another host than this page. Links to S3 stay as they are. */
function uploadUrl(href: string): string {
  const path = hubPath(href);
  return path?.startsWith('/lfs/') ? hubUrl(path) : href;
}

/** The resumable upload of one LFS file: calling `send` again continues after the parts that have arrived. */
export class LfsUpload {
  private action: BatchAction | undefined;
  private readonly etags = new Map<number, string>();

  constructor(
    private readonly repo: RepoName,
    private readonly file: LfsContent,
  ) {}

  /** @throws ApiError if a part fails after all retries */
  async send(progress: LfsProgress): Promise<void> {
    try {
      await this.sendRemaining(progress);
    } catch (error) {
      if (error instanceof ApiError && error.status >= 400 && error.status < 500) this.reset(); // the links have expired
      throw error;
    }
  }

  private async sendRemaining({ onProgress, signal }: LfsProgress): Promise<void> {
    const { content } = this.file;
    this.action ??= await withRetry(() => this.requestLinks(signal), signal);
    const { href, header } = this.action ?? {};
    if (href === undefined)
      onProgress(content.size); // the hub already has this content
    else if (header === undefined)
      await withRetry(() => sendBody('PUT', uploadUrl(href), withoutType(content), { onProgress, signal }), signal);
    else await this.sendParts(href, header, { onProgress, signal });
  }

  private reset(): void {
    this.action = undefined;
    this.etags.clear();
  }

  private async requestLinks(signal: AbortSignal): Promise<BatchAction | undefined> {
    const { oid, content } = this.file;
    const request: Schemas['BatchRequestDto'] = {
      operation: 'upload',
      transfers: ['basic', 'multipart'],
      objects: [{ oid, size: content.size }] as never,
    };
    const response = await fetchApi(`${repoPage(this.repo)}.git/info/lfs/objects/batch`, {
      method: 'POST',
      body: JSON.stringify(request),
      signal,
      headers: { 'content-type': LFS_JSON, accept: LFS_JSON },
    });
    const [object] = ((await response.json()) as { objects: BatchObject[] }).objects;
    if (object?.error) throw new ApiError(object.error.code, object.error.message);
    return object?.actions?.upload;
  }

  private async sendParts(href: string, header: Readonly<Record<string, string>>, progress: LfsProgress) {
    const { content, oid } = this.file;
    const { onProgress, signal } = progress;
    const size = Number(header['chunk_size']);
    const count = Math.ceil(content.size / size);
    const sent = new Map<number, number>();
    const report = (number: number, bytes: number): void => {
      sent.set(number, bytes);
      onProgress([...sent.values()].reduce((sum, partBytes) => sum + partBytes, 0));
    };
    const partOf = (number: number): Blob => content.slice((number - 1) * size, Math.min(number * size, content.size));
    const numbers = Array.from({ length: count }, (_, at) => at + 1);
    for (const number of numbers) if (this.etags.has(number)) report(number, partOf(number).size);
    const missing = numbers.filter((number) => !this.etags.has(number));
    await runConcurrently(missing, CONCURRENT_PARTS, async (number) => {
      const link = uploadUrl(header[String(number).padStart(5, '0')]!);
      const part = partOf(number);
      const put = () => sendBody('PUT', link, part, { onProgress: (bytes) => report(number, bytes), signal });
      const response = await withRetry(put, signal);
      this.etags.set(number, response.headers.get('etag') ?? '');
      report(number, part.size);
    });
    const parts = numbers.map((partNumber) => ({ partNumber, etag: this.etags.get(partNumber)! }));
    const body = new Blob([JSON.stringify({ oid, parts })], { type: 'application/json' });
    await withRetry(() => sendBody('POST', uploadUrl(href), body, { signal }), signal);
  }
}

/** Removes the media type that the browser derives from the file name: the upload is sent without `Content-Type`. */
const withoutType = (content: Blob): Blob => content.slice(0, content.size, '');
