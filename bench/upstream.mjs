// A fake source: 1 kB of JSON, file headers, and 404 for names that begin with "none".
import { createServer } from 'node:http';

const [, , port, delayMs = '0'] = process.argv;
const commit = 'a'.repeat(40);
const info = JSON.stringify({
  id: 'o/r',
  sha: commit,
  siblings: Array.from({ length: 30 }, (_, n) => ({ rfilename: `file-${n}.bin` })),
});
const description = {
  'content-type': 'text/plain',
  'content-length': '1024',
  etag: `"${'b'.repeat(40)}"`,
  'x-repo-commit': commit,
};

createServer((request, response) => {
  const answer = () => {
    if (request.url.includes('/none')) {
      response.writeHead(404, { 'x-error-code': 'RepoNotFound', 'content-type': 'application/json' });
      return response.end('{"error":"Repository not found"}');
    }
    if (request.url.includes('/resolve/')) {
      response.writeHead(200, description);
      return response.end(request.method === 'HEAD' ? undefined : Buffer.alloc(1024));
    }
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(info) });
    response.end(info);
  };
  if (Number(delayMs) > 0) setTimeout(answer, Number(delayMs));
  else answer();
}).listen(Number(port), '127.0.0.1', () => process.send?.('ready'));
