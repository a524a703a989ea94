import { apiUrl } from './repo-urls';
import type { Schemas } from './client';
import type { RepoName } from './repositories';
import { sendBody, type SendOptions } from './send-body';

export type CommitAnswer = Schemas['CommitAnswerDto'];

/** What a commit shall do. */
export interface CommitRequest {
  readonly summary: string;
  readonly description?: string;
  /** The commit that it must follow; else it is refused with 412. */
  readonly parentCommit?: string;
  /** Whole files that travel inside the commit. */
  readonly files?: readonly { readonly path: string; readonly content: Blob | string }[];
  /** Large files that were uploaded before. */
  readonly large?: readonly { readonly path: string; readonly oid: string; readonly size: number }[];
  readonly deleted?: readonly string[];
}

/** A file's bytes in base64, read by the browser itself. */
const base64 = (content: Blob): Promise<string> =>
  new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onerror = () => reject(reader.error ?? new Error('The file cannot be read'));
    reader.onload = () => resolve(String(reader.result).replace(/^[^,]*,/, ''));
    reader.readAsDataURL(content);
  });

const line = (key: string, value: object): string => `${JSON.stringify({ key, value })}\n`;

/** The lines of a commit's body: a header, then one for each change. */
async function bodyOf({ summary, description, parentCommit, files = [], large = [], deleted = [] }: CommitRequest) {
  const lines = [line('header', { summary, description, parentCommit })];
  for (const path of deleted) lines.push(line('deletedFile', { path }));
  for (const { path, oid, size } of large) lines.push(line('lfsFile', { path, algo: 'sha256', oid, size }));
  for (const { path, content } of files)
    lines.push(
      typeof content === 'string'
        ? line('file', { path, content, encoding: 'utf-8' })
        : line('file', { path, content: await base64(content), encoding: 'base64' }),
    );
  return new Blob(lines, { type: 'application/x-ndjson' });
}

/** Makes a commit. @throws ApiError 412 where the branch is not at `parentCommit` */
export async function createCommit(
  repo: RepoName,
  branch: string,
  wish: CommitRequest,
  options?: SendOptions,
): Promise<CommitAnswer> {
  const address = `${apiUrl(repo)}/commit/${encodeURIComponent(branch)}`;
  return (await (await sendBody('POST', address, await bodyOf(wish), options)).json()) as CommitAnswer;
}
