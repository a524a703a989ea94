import { fetchApi, type Schemas } from '@/api/client';
import { ApiError } from '@/api/api-error';
import { apiUrl } from '@/api/repo-urls';
import type { RepoName } from '@/api/repositories';

const SAMPLE_BYTES = 512;
const FILES_PER_REQUEST = 250;

export interface FileToUpload {
  readonly path: string;
  readonly content: Blob;
}

export type FileUploadMode = Schemas['PreuploadedFileDto'];

/** The hub rejected some of the files. */
export class FilesRejected extends Error {
  constructor(
    message: string,
    /** Rejection reason by path. */
    readonly reasons: ReadonlyMap<string, string>,
  ) {
    super(message);
  }
}

/** Turns field errors such as `files.3.path` into reasons by path. */
function toRejection(error: unknown, files: readonly FileToUpload[]): unknown {
  if (!(error instanceof ApiError)) return error;
  const reasons = Object.entries(error.fields).flatMap(([field, reason]): [string, string][] => {
    const file = files[Number(/^files\.(\d+)\./.exec(field)?.[1])];
    return file ? [[file.path, reason]] : [];
  });
  return reasons.length
    ? new FilesRejected('Some files cannot be uploaded. Remove them to continue.', new Map(reasons))
    : error;
}

async function describeFile({ path, content }: FileToUpload) {
  const sample = new Uint8Array(await content.slice(0, SAMPLE_BYTES).arrayBuffer());
  return { path, size: content.size, sample: btoa(String.fromCharCode(...sample)) };
}

async function preuploadBatch(repo: RepoName, branch: string, files: readonly FileToUpload[], signal: AbortSignal) {
  const response = await fetchApi(`${apiUrl(repo)}/preupload/${encodeURIComponent(branch)}`, {
    method: 'POST',
    body: JSON.stringify({ files: await Promise.all(files.map(describeFile)) }),
    signal,
    headers: { 'content-type': 'application/json' },
  });
  return ((await response.json()) as Schemas['PreuploadResponseDto']).files;
}

/**
 * Determines the upload mode (regular or LFS) of each file, by path.
 * @throws FilesRejected if the hub does not accept some of the files
 */
export async function preuploadFiles(
  repo: RepoName,
  branch: string,
  files: readonly FileToUpload[],
  signal: AbortSignal,
): Promise<Map<string, FileUploadMode>> {
  const modes = new Map<string, FileUploadMode>();
  for (let at = 0; at < files.length; at += FILES_PER_REQUEST) {
    const batch = files.slice(at, at + FILES_PER_REQUEST);
    const answers = await preuploadBatch(repo, branch, batch, signal).catch((error: unknown) => {
      throw toRejection(error, batch);
    });
    for (const mode of answers) modes.set(mode.path, mode);
  }
  return modes;
}
