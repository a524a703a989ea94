// How information about large repositories (22 MB of JSON each) affects other requests, and the memory of the hub.
import { get } from 'node:http';
import { residentMb, start, startHub } from './processes.mjs';

/** The status of a request, and the milliseconds until its body is complete. */
const timed = (url) =>
  new Promise((resolve, reject) => {
    const started = performance.now();
    get(url, { agent: false }, (response) => {
      response.resume().once('end', () => resolve({ status: response.statusCode, ms: performance.now() - started }));
    }).once('error', reject);
  });

const source = await start('large-upstream.mjs');
const hub = await startHub([{ name: 'A', url: source.url, source_type: 'huggingface' }]);
const percentile = (values, part) => Math.round(values[Math.min(values.length - 1, Math.floor(values.length * part))]);
console.log(
  '| at once | 200 | 503 | slowest s | other requests: median ms | p95 | longest | memory MB before | peak |',
);
console.log('|---|---|---|---|---|---|---|---|---|');
for (const count of [0, 1, 3, 10]) {
  const before = residentMb(hub.pid);
  let [peak, isDone] = [before, false];
  const large = Promise.all(
    Array.from({ length: count }, (_, n) => timed(`${hub.url}/api/models/o/r-${count}-${n}?blobs=true`)),
  ).finally(() => (isDone = true));
  const others = [];
  while (!isDone || others.length < 100) {
    others.push((await timed(`${hub.url}/health/live`)).ms);
    peak = Math.max(peak, residentMb(hub.pid));
  }
  const replies = await large;
  others.sort((left, right) => left - right);
  const number = (status) => replies.filter((reply) => reply.status === status).length;
  const slowest = Math.max(0, ...replies.map(({ ms }) => ms)) / 1000;
  const delays = [percentile(others, 0.5), percentile(others, 0.95), percentile(others, 1)].join(' | ');
  console.log(
    `| ${count} | ${number(200)} | ${number(503)} | ${slowest.toFixed(1)} | ${delays} | ${before} | ${peak} |`,
  );
}
await hub.stop();
source.stop();
