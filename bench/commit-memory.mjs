// Resident memory of the hub while it receives one commit of 150 MB (BENCH_MB) of base64: in one file, and in files of 500 kB.
import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { send, newRepository, newWriter } from './client.mjs';
import { residentMb, startHub } from './processes.mjs';

const MB = 1024 * 1024;
const BODY_MB = Number(process.env.BENCH_MB ?? 150);
const PIECE = 48 * 1024; // divisible by 3, so that base64 pieces can be concatenated

/** Generates the lines of a commit with files of this size, without having the body in memory. */
function* body(fileBytes) {
  yield '{"key":"header","value":{"summary":"memory"}}\n';
  const total = (BODY_MB * MB * 3) / 4;
  for (let sent = 0, n = 0; sent < total; sent += fileBytes, n++) {
    yield '{"key":"file","value":{"encoding":"base64","content":"';
    const size = Math.min(fileBytes, total - sent);
    for (let at = 0; at < size; at += PIECE) yield randomBytes(Math.min(PIECE, size - at)).toString('base64');
    yield `","path":"files-of-${fileBytes}/${n}.bin"}}\n`;
  }
}

const hub = await startHub([]);
const writer = await newWriter(hub, 'bench');
await newRepository(hub, writer, 'memory');
console.log(`| a commit of ${BODY_MB} MB | before MB | peak MB | increase MB | s |\n|---|---|---|---|---|`);
for (const [title, fileBytes] of [
  ['warm-up, one file', BODY_MB * MB],
  ['one file', BODY_MB * MB],
  ['files of 500 kB', 500 * 1024],
]) {
  const before = residentMb(hub.pid);
  let peak = before;
  const watch = setInterval(() => (peak = Math.max(peak, residentMb(hub.pid))), 20);
  const started = performance.now();
  await send(`${hub.url}/api/models/bench/memory/commit/main`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson', ...writer },
    body: Readable.from(body(fileBytes)),
  });
  clearInterval(watch);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`| ${title} | ${before} | ${peak} | ${peak - before} | ${seconds} |`);
}
await hub.stop();
