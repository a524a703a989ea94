// A fake source with one large file, whose bytes it sends with createReadStream: also the server that the hub is compared with. A fourth argument limits the
// bytes per second.
import { createReadStream, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { pipeline } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';

const [port, path, sha256, bytesPerSecond = 'Infinity'] = process.argv.slice(2);
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

/** Shorter waits are not worth a timer. */
const MIN_WAIT_MS = 5;

async function* paced(pieces) {
  const started = performance.now();
  let sent = 0;
  for await (const piece of pieces) {
    yield piece;
    sent += piece.length;
    const ahead = (sent / Number(bytesPerSecond)) * 1000 - (performance.now() - started);
    if (ahead > MIN_WAIT_MS) await wait(ahead);
  }
}

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
  const file = createReadStream(path, { start, end });
  if (bytesPerSecond === 'Infinity') file.pipe(response);
  else pipeline(file, paced, response, () => undefined);
}).listen(Number(port), '127.0.0.1', () => process.send?.('ready'));
