// Writes and reads a repository with @huggingface/hub, and prints what the user sees as JSON: `addresses.mjs <repository> <folder> <moved repository>`.
// A separate process, because Node reads NODE_EXTRA_CA_CERTS only at startup.
import { createRepo, downloadFile, listFiles, snapshotDownload, uploadFile, uploadFiles } from '@huggingface/hub';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

console.debug = () => {}; // snapshotDownload reports each file
const [repo, folder, moved] = process.argv.slice(2);
const client = { hubUrl: process.env.HF_ENDPOINT, accessToken: process.env.HF_TOKEN, repo };
const sha256 = (content) => createHash('sha256').update(content).digest('hex');
const downloaded = async (path, more = {}) => {
  const blob = await downloadFile({ ...client, path, ...more });
  return sha256(new Uint8Array(await blob.arrayBuffer()));
};

const { repoUrl } = await createRepo({ ...client, private: true });
const large = await readFile(join(folder, 'large.bin'));
const changed = new Uint8Array(large).reverse();
const commits = [
  await uploadFile({ ...client, file: { path: 'small.txt', content: new Blob(['small']) } }),
  await uploadFiles({ ...client, files: [{ path: 'large.bin', content: new Blob([large]) }], useXet: false }),
  await uploadFile({ ...client, file: { path: 'xet.bin', content: new Blob([changed]) } }),
];
const paths = [];
for await (const { path } of listFiles({ ...client, repo: moved, recursive: true, expand: true })) paths.push(path);
const snapshot = await snapshotDownload({ ...client, cacheDir: join(process.env.HOME, 'js') });

process.stdout.write(
  JSON.stringify({
    repoUrls: [repoUrl],
    commitUrls: commits.map(({ commit }) => commit.url),
    listed: paths.length,
    large: [
      await downloaded('large.bin', { xet: false }),
      sha256(await readFile(join(snapshot, 'large.bin'))),
      await downloaded('large.bin', { repo: moved }),
    ],
    changed: (await downloaded('xet.bin')) === sha256(changed),
  }),
);
