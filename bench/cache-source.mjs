// A fake source with one large file, whose bytes it sends with createReadStream: also the server that the hub is compared with.
import { createReadStream, statSync } from 'node:fs';
import { createServer } from 'node:http';

const [port, path, sha256] = process.argv.slice(2);
const { size } = statSync(path);
const commit = 'a'.repeat(40);
const headers = {
  'x-repo-commit': commit,
  etag: `"${sha256}"`,
  'x-linked-etag': `"${sha256}"`,
  'x-linked-size': String(size),
  'content-type': 'application/octet-stream',
  'accept-ranges': 'bytes',
};

createServer((request, response) => {
  if (request.url.startsWith('/api/')) {
    response.setHeader('content-type', 'application/json');
    return response.end(JSON.stringify({ id: 'o/r', sha: commit, siblings: [{ rfilename: 'large.bin' }] }));
  }
  const [, first, last] = /bytes=(\d+)-(\d*)/.exec(request.headers.range ?? '') ?? [];
  const start = Number(first ?? 0);
  const end = last ? Number(last) : size - 1;
  const length = end - start + 1;
  if (first === undefined) response.writeHead(200, { ...headers, 'content-length': length });
  else
    response.writeHead(206, { ...headers, 'content-length': length, 'content-range': `bytes ${start}-${end}/${size}` });
  if (request.method === 'HEAD') return response.end();
  createReadStream(path, { start, end }).pipe(response);
}).listen(Number(port), '127.0.0.1', () => process.send?.('ready'));
