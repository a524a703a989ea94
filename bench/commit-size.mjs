// Compares requests and a commit of one file on a large and a small repository in one run.
// BENCH_FILES and BENCH_COMMITS set its size (creating 100,000 files in 1,000 commits takes some minutes), BENCH_ROUNDS the number of requests.
import { send, commit, fileLine, newRepository, newWriter } from './client.mjs';
import { median } from './load.mjs';
import { startHub } from './processes.mjs';

const FILES = Number(process.env.BENCH_FILES ?? 100_000);
const COMMITS = Number(process.env.BENCH_COMMITS ?? 1_000);
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 15);
const SMALL = { name: 'bench/small', files: 100, commits: 1 };
const LARGE = { name: 'bench/large', files: FILES, commits: COMMITS };

const hub = await startHub([]);
const writer = await newWriter(hub, 'bench');

// The files have only 100 different contents: this benchmark measures trees and history.
for (const { name, files, commits } of [SMALL, LARGE]) {
  await newRepository(hub, writer, name.split('/')[1]);
  const each = Math.ceil(files / commits);
  const started = performance.now();
  for (let n = 0; n < commits; n++) {
    const lines = Array.from({ length: each }, (_, m) => fileLine(`folder-${n}/file-${m}.txt`, `content ${m % 100}`));
    await commit(hub, writer, name, lines);
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  console.error(`${name}: ${files} files in ${commits} commits, created in ${seconds} s`);
}

const at = (path) => (name) => send(`${hub.url}/api/models/${name}${path}`);
let edits = 0;
const CASES = [
  { title: 'a page of the root', run: at('/tree/main?limit=100') },
  { title: 'a page of all files', run: at('/tree/main?recursive=true&limit=100') },
  { title: 'a page with last commits', run: at('/tree/main?expand=true&limit=100') },
  { title: 'a page of the history', run: at('/commits/main?limit=50') },
  { title: 'info', run: at('') },
  {
    title: 'a commit of one file',
    run: (name) => commit(hub, writer, name, [fileLine('folder-0/file-0.txt', `edit ${(edits += 1)}`)]),
  },
];

async function medianMs(run) {
  const times = [];
  for (let n = 0; n <= ROUNDS; n++) {
    const started = performance.now();
    await run();
    if (n > 0) times.push(performance.now() - started);
  }
  return median(times);
}

console.log(`Node ${process.version}, medians of ${ROUNDS}; ratio = large / small in the same run\n`);
console.log(`| case | ${SMALL.files} files ms | ${FILES} files, ${COMMITS} commits ms | ratio |\n|---|---|---|---|`);
for (const { title, run } of CASES) {
  const [small, large] = [await medianMs(() => run(SMALL.name)), await medianMs(() => run(LARGE.name))];
  console.log(`| ${title} | ${small.toFixed(1)} | ${large.toFixed(1)} | ${(large / small).toFixed(1)} |`);
}
await hub.stop();
