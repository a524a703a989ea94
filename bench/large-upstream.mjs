// A fake source: information about repositories with 100,000 large files (`?blobs=true`), 22 MB of JSON.
import { createServer } from 'node:http';

const FILES = 100_000;
const siblings = Array.from({ length: FILES }, (_, n) => ({
  rfilename: `data/part-${n}.parquet`,
  size: 1_000_000 + n,
  blobId: n.toString(16).padStart(40, '0'),
  lfs: { sha256: n.toString(16).padStart(64, '0'), size: 1_000_000 + n, pointerSize: 132 },
}));
const info = Buffer.from(JSON.stringify({ id: 'o/r', sha: 'a'.repeat(40), siblings }));

createServer((_, response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': info.length });
  response.end(info);
}).listen(Number(process.argv[2]), '127.0.0.1', () => process.send?.('ready'));
