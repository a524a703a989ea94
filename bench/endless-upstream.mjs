// A fake source: information about repositories of `o`, and files without an end.
import { createServer } from 'node:http';

const commit = 'a'.repeat(40);
const info = JSON.stringify({ id: 'o/r', sha: commit, siblings: [{ rfilename: 'big.bin' }] });
const piece = Buffer.alloc(64 * 1024);

createServer((request, response) => {
  if (!request.url.includes('/o/')) {
    response.writeHead(404, { 'x-error-code': 'RepoNotFound', 'content-type': 'application/json' });
    return response.end('{"error":"Repository not found"}');
  }
  if (!request.url.includes('/resolve/')) {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(info) });
    return response.end(info);
  }
  response.writeHead(200, { etag: `"${'b'.repeat(40)}"`, 'x-repo-commit': commit, 'content-length': 1e12 });
  if (request.method === 'HEAD') return response.end();
  const send = () => {
    while (!response.destroyed && response.write(piece));
  };
  response.on('drain', send);
  send();
}).listen(Number(process.argv[2]), '127.0.0.1', () => process.send?.('ready'));
