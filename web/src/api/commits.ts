import { hubUrl } from './base-path';
import { apiUrl } from './repo-urls';
import type { Schemas } from './client';
import type { RepoName } from './repositories';
import { sendBody, type SendOptions } from './send-body';

export type CommitResult = Schemas['CommitResponseDto'];

/** The changes and the message of a new commit. */
export interface CommitRequest {
  readonly summary: string;
  readonly description?: string;
  /** The expected head of the branch; the hub responds with 412 if the branch has moved. */
  readonly parentCommit?: string;
  /** Files whose content is sent in the commit body. */
  readonly files?: readonly { readonly path: string; readonly content: Blob | string }[];
  /** LFS files; their content must have been uploaded before. */
  readonly lfsFiles?: readonly { readonly path: string; readonly oid: string; readonly size: number }[];
  readonly deleted?: readonly string[];
}

/** Encodes with `FileReader`, which is faster than doing it in JavaScript. */
const base64 = (content: Blob): Promise<string> =>
  new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onerror = () => reject(reader.error ?? new Error('The file could not be read.'));
    reader.onload = () => resolve(String(reader.result).replace(/^[^,]*,/, ''));
    reader.readAsDataURL(content);
  });

const line = (key: string, value: object): string => `${JSON.stringify({ key, value })}\n`;

/** The commit body as NDJSON: a header line, then one line per change. */
async function bodyOf({ summary, description, parentCommit, files = [], lfsFiles = [], deleted = [] }: CommitRequest) {
  const lines = [line('header', { summary, description, parentCommit })];
  for (const path of deleted) lines.push(line('deletedFile', { path }));
  for (const { path, oid, size } of lfsFiles) lines.push(line('lfsFile', { path, algo: 'sha256', oid, size }));
  for (const { path, content } of files)
    lines.push(
      typeof content === 'string'
        ? line('file', { path, content, encoding: 'utf-8' })
        : line('file', { path, content: await base64(content), encoding: 'base64' }),
    );
  return new Blob(lines, { type: 'application/x-ndjson' });
}

/**
 * Creates a commit.
 * @throws ApiError 412 if the branch is not at `parentCommit`
 */
export async function createCommit(
  repo: RepoName,
  branch: string,
  request: CommitRequest,
  options?: SendOptions,
): Promise<CommitResult> {
  const url = `${apiUrl(repo)}/commit/${encodeURIComponent(branch)}`;
  return (await (await sendBody('POST', hubUrl(url), await bodyOf(request), options)).json()) as CommitResult;
}
