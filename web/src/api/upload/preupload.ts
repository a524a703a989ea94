import { ask, type Schemas } from '@/api/client';
import { ApiError } from '@/api/api-error';
import { apiUrl } from '@/api/repo-urls';
import type { RepoName } from '@/api/repositories';

const SAMPLE_BYTES = 512;
const FILES_AT_ONCE = 250;

export interface NamedContent {
  readonly path: string;
  readonly content: Blob;
}

export type FileUploadMode = Schemas['PreuploadAnswerFileDto'];

/** The hub does not take some of the files, whatever becomes of the others. */
export class FilesRejected extends Error {
  constructor(
    message: string,
    /** Why, by path. */
    readonly reasons: ReadonlyMap<string, string>,
  ) {
    super(message);
  }
}

/** The hub names files by their place in the question. */
function refused(error: unknown, asked: readonly NamedContent[]): unknown {
  if (!(error instanceof ApiError)) return error;
  const reasons = Object.entries(error.fields).flatMap(([field, reason]): [string, string][] => {
    const file = asked[Number(/^files\.(\d+)\./.exec(field)?.[1])];
    return file ? [[file.path, reason]] : [];
  });
  return reasons.length
    ? new FilesRejected('Some files cannot be taken; remove them to go on.', new Map(reasons))
    : error;
}

async function announce({ path, content }: NamedContent) {
  const sample = new Uint8Array(await content.slice(0, SAMPLE_BYTES).arrayBuffer());
  return { path, size: content.size, sample: btoa(String.fromCharCode(...sample)) };
}

async function planSome(repo: RepoName, branch: string, files: readonly NamedContent[], signal: AbortSignal) {
  const answer = await ask(`${apiUrl(repo)}/preupload/${encodeURIComponent(branch)}`, {
    ...{ method: 'POST', body: JSON.stringify({ files: await Promise.all(files.map(announce)) }), signal },
    headers: { 'content-type': 'application/json' },
  });
  return ((await answer.json()) as Schemas['PreuploadAnswerDto']).files;
}

/** Asks how each file is to be sent, by its path. @throws FilesRejected */
export async function preuploadFiles(
  repo: RepoName,
  branch: string,
  files: readonly NamedContent[],
  signal: AbortSignal,
): Promise<Map<string, FileUploadMode>> {
  const plans = new Map<string, FileUploadMode>();
  for (let at = 0; at < files.length; at += FILES_AT_ONCE) {
    const some = files.slice(at, at + FILES_AT_ONCE);
    const answers = await planSome(repo, branch, some, signal).catch((error: unknown) => {
      throw refused(error, some);
    });
    for (const plan of answers) plans.set(plan.path, plan);
  }
  return plans;
}
