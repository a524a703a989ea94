import { ask } from './client';
import type { PathAt } from './files';
import { apiAddress } from './repo-address';

/** Takes one file out of a branch, in a commit of its own. */
export async function deleteFile({ repo, revision, path }: PathAt): Promise<void> {
  const lines = [
    { key: 'header', value: { summary: `Delete ${path}`, description: '' } },
    { key: 'deletedFile', value: { path } },
  ];
  await ask(`${apiAddress(repo)}/commit/${encodeURIComponent(revision)}`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson' },
    body: lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
  });
}
