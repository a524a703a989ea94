// A large file for the benchmarks, and its upload.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';

const PIECE = 1_000_000;
const JSON_TYPE = { 'content-type': 'application/json' };

/** Creates the file, which differs in each round. */
export async function writeFile(path, bytes, round) {
  const file = await open(path, 'w');
  const hash = createHash('sha256');
  const piece = Buffer.from(Array.from({ length: PIECE }, (_, at) => (at * 7919) % 251));
  piece.writeUInt32LE(round);
  for (let sent = 0; sent < bytes; sent += PIECE) {
    hash.update(piece);
    await file.write(piece);
  }
  await file.close();
  return hash.digest('hex');
}

/** Uploads the file to the repository `alice/large` of the hub. */
export async function uploadFile(hub, path, { sha256, bytes }) {
  const send = async (url, body, headers = {}) => {
    const init = { method: 'POST', body: JSON.stringify(body), headers: { ...JSON_TYPE, ...headers } };
    const response = await fetch(hub.url + url, init);
    if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
    return response;
  };
  const account = { username: 'alice', password: 'correct horse battery' };
  await send('/api/auth/register', account);
  const cookie = (await send('/api/auth/login', account)).headers.get('set-cookie').split(';')[0];
  const { token } = await (await send('/api/auth/tokens/create', { name: 'bench' }, { cookie })).json();
  const auth = { authorization: `Bearer ${token}` };
  await send('/api/repos/create', { type: 'model', name: 'large' }, auth);
  const object = { oid: sha256, size: bytes };
  const lfs = { ...auth, 'content-type': 'application/vnd.git-lfs+json' };
  const batch = await send(
    '/alice/large.git/info/lfs/objects/batch',
    { operation: 'upload', transfers: ['basic'], objects: [object] },
    lfs,
  );
  const { href, header = {} } = (await batch.json()).objects[0].actions.upload;
  const put = await fetch(href, {
    method: 'PUT',
    body: createReadStream(path),
    duplex: 'half',
    headers: { ...header, 'content-length': bytes },
  });
  if (!put.ok) throw new Error(`Upload: ${put.status} ${await put.text()}`);
  const lines = [
    { key: 'header', value: { summary: 'add' } },
    { key: 'lfsFile', value: { path: 'large.bin', algo: 'sha256', ...object } },
  ];
  const body = lines.map((line) => JSON.stringify(line)).join('\n');
  const commit = await fetch(`${hub.url}/api/models/alice/large/commit/main`, {
    method: 'POST',
    body,
    headers: { ...auth, 'content-type': 'application/x-ndjson' },
  });
  if (!commit.ok) throw new Error(`Commit: ${commit.status} ${await commit.text()}`);
}
