// Baseline of lfs-memory.mjs: a node:http server that hashes a body, writes it to a file, syncs and renames it.
import { createHash } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';

const [, , port, folder] = process.argv;

createServer(async (request, response) => {
  const hash = createHash('sha256');
  const path = join(folder, 'bare-upload');
  const file = await open(path, 'w');
  for await (const chunk of request) {
    hash.update(chunk);
    await file.write(chunk);
  }
  await file.sync();
  await file.close();
  const named = `${path}-${hash.digest('hex')}`;
  await rename(path, named);
  response.end();
  await rm(named);
}).listen(Number(port), '127.0.0.1', () => process.send?.('ready'));
