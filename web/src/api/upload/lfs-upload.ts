import { ask, type Schemas } from '@/api/client';
import { repoPage } from '@/api/repo-urls';
import type { RepoName } from '@/api/repositories';
import { sendBody } from '@/api/send-body';
import { ApiError } from '@/api/api-error';
import { runConcurrently } from './run-concurrently';
import { withRetry } from './with-retry';

const LFS_JSON = 'application/vnd.git-lfs+json';
const PARTS_AT_ONCE = 3;

interface BatchAction {
  readonly href: string;
  /** Of an upload in parts: their size, and an address for each number. */
  readonly header?: Readonly<Record<string, string>>;
}

interface BatchObject {
  readonly error?: { readonly code: number; readonly message: string };
  readonly actions?: { readonly upload?: BatchAction };
}

export interface LfsContent {
  readonly content: Blob;
  /** SHA-256. */
  readonly oid: string;
}

export interface LfsProgress {
  /** Told how many bytes have arrived or are on their way. */
  readonly onProgress: (sent: number) => void;
  readonly signal: AbortSignal;
}

/** The hub's links bear its public base, which may not be the address in the browser's bar. */
function ownLink(href: string): string {
  const { pathname, search } = new URL(href, location.origin);
  return pathname.startsWith('/lfs/') ? pathname + search : href;
}

/** One large file on its way over LFS. What has arrived is remembered: sent again, it goes on where it was. */
export class LfsUpload {
  private action: BatchAction | undefined;
  private readonly etags = new Map<number, string>();

  constructor(
    private readonly repo: RepoName,
    private readonly file: LfsContent,
  ) {}

  /** @throws ApiError when a part does not arrive although it was tried again and again */
  async send(progress: LfsProgress): Promise<void> {
    try {
      await this.sendRest(progress);
    } catch (error) {
      if (error instanceof ApiError && error.status >= 400 && error.status < 500) this.forget(); // the links do not hold
      throw error;
    }
  }

  private async sendRest({ onProgress, signal }: LfsProgress): Promise<void> {
    const { content } = this.file;
    this.action ??= await withRetry(() => this.askForLinks(signal), signal);
    const { href, header } = this.action ?? {};
    if (href === undefined)
      onProgress(content.size); // the hub has it
    else if (header === undefined)
      await withRetry(() => sendBody('PUT', ownLink(href), bytesOf(content), { onProgress, signal }), signal);
    else await this.sendParts(href, header, { onProgress, signal });
  }

  private forget(): void {
    this.action = undefined;
    this.etags.clear();
  }

  private async askForLinks(signal: AbortSignal): Promise<BatchAction | undefined> {
    const { oid, content } = this.file;
    const wish: Schemas['BatchRequestDto'] = {
      operation: 'upload',
      transfers: ['basic', 'multipart'],
      objects: [{ oid, size: content.size }] as never,
    };
    const answer = await ask(`${repoPage(this.repo)}.git/info/lfs/objects/batch`, {
      ...{ method: 'POST', body: JSON.stringify(wish), signal },
      headers: { 'content-type': LFS_JSON, accept: LFS_JSON },
    });
    const [object] = ((await answer.json()) as { objects: BatchObject[] }).objects;
    if (object?.error)
      throw new ApiError(object.error.code, object.error.message, undefined, undefined, {}, [], undefined);
    return object?.actions?.upload;
  }

  private async sendParts(href: string, header: Readonly<Record<string, string>>, progress: LfsProgress) {
    const { content, oid } = this.file;
    const { onProgress, signal } = progress;
    const size = Number(header['chunk_size']);
    const count = Math.ceil(content.size / size);
    const sent = new Map<number, number>();
    const tell = (number: number, bytes: number): void => {
      sent.set(number, bytes);
      onProgress([...sent.values()].reduce((sum, one) => sum + one, 0));
    };
    const pieceOf = (number: number): Blob => content.slice((number - 1) * size, Math.min(number * size, content.size));
    const numbers = Array.from({ length: count }, (_, at) => at + 1);
    for (const number of numbers) if (this.etags.has(number)) tell(number, pieceOf(number).size);
    const missing = numbers.filter((number) => !this.etags.has(number));
    await runConcurrently(missing, PARTS_AT_ONCE, async (number) => {
      const link = ownLink(header[String(number).padStart(5, '0')]!);
      const piece = pieceOf(number);
      const put = () => sendBody('PUT', link, piece, { onProgress: (bytes) => tell(number, bytes), signal });
      const answer = await withRetry(put, signal);
      this.etags.set(number, answer.headers.get('etag') ?? '');
      tell(number, piece.size);
    });
    const parts = numbers.map((partNumber) => ({ partNumber, etag: this.etags.get(partNumber)! }));
    const body = new Blob([JSON.stringify({ oid, parts })], { type: 'application/json' });
    await withRetry(() => sendBody('POST', ownLink(href), body, { signal }), signal);
  }
}

/** Without the type that a browser guesses from the name: these are bytes. */
const bytesOf = (content: Blob): Blob => content.slice(0, content.size, '');
