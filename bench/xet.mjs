// npm run bench:xet: the parts of a large file over Xet, compared with the same ranges of the same file over plain HTTP, in the same run. curl reads over
// connections that it keeps, so that the reader costs little.
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile as writeText } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { uploadFile, writeFile } from './large-file.mjs';
import { cpuMicros, residentMb, startHub } from './processes.mjs';

const BYTES = Number(process.env.BENCH_BYTES ?? 1_000_000_000);
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 3);
const STREAMS = [1, 8];
const MB = 1_000_000;

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

const folder = await mkdtemp(join(tmpdir(), 'hubfall-xet-'));

/** Reads ranges of URLs with one curl process, several at once, and returns the MB/s of the file. */
async function read(requests, streams) {
  const config = join(folder, 'curl');
  const lines = requests.map(({ url, start, end }) => `url = "${url}"\nrange = ${start}-${end}\noutput = /dev/null`);
  await writeText(config, lines.join('\nnext\n'));
  const started = performance.now();
  const parallel = streams > 1 ? ['--parallel', '--parallel-max', String(streams)] : [];
  const curl = spawn('curl', ['-sS', '--no-progress-meter', '--fail-early', ...parallel, '-K', config], {
    stdio: 'inherit',
  });
  const code = await new Promise((resolve) => curl.once('exit', resolve));
  if (code !== 0) throw new Error(`curl failed with code ${code}`);
  return BYTES / MB / ((performance.now() - started) / 1000);
}

/** The parts of the file over Xet, and the same ranges over plain HTTP. */
async function requestsOf(hub) {
  const url = `${hub.url}/alice/large/resolve/main/large.bin`;
  const { headers } = await fetch(url, { method: 'HEAD' });
  const token = await (await fetch(`${hub.url}/api/models/alice/large/xet-read-token/main`)).json();
  const id = headers.get('x-xet-hash');
  const description = await fetch(`${token.casUrl}/v2/reconstructions/${id}`, {
    headers: { authorization: `Bearer ${token.accessToken}` },
  });
  const { terms, xorbs } = await description.json();
  const xet = terms.map(({ hash }) => ({ url: xorbs[hash][0].url, ...xorbs[hash][0].ranges[0].bytes }));
  let start = 0;
  const plain = terms.map(({ unpacked_length: length }) => {
    const range = { url, start, end: start + length - 1 };
    start += length;
    return range;
  });
  return { xet, plain };
}

const figures = { xet: {}, plain: {} };
/** CPU time of the hub per MB, in microseconds. */
const cpu = { xet: {}, plain: {} };
const memory = { before: 0, peak: 0 };
try {
  const path = join(folder, 'file');
  const sha256 = await writeFile(path, BYTES, 0);
  const hub = await startHub([]);
  try {
    await uploadFile(hub, path, { sha256, bytes: BYTES });
    const requests = await requestsOf(hub);
    for (const name of ['plain', 'xet']) await read(requests[name], 1); // warm
    memory.before = residentMb(hub.pid);
    const sampling = setInterval(() => (memory.peak = Math.max(memory.peak, residentMb(hub.pid))), 100);
    for (let round = 0; round < ROUNDS; round++)
      for (const streams of STREAMS)
        for (const name of ['plain', 'xet']) {
          const before = cpuMicros(hub.pid);
          (figures[name][streams] ??= []).push(await read(requests[name], streams));
          (cpu[name][streams] ??= []).push((cpuMicros(hub.pid) - before) / (BYTES / MB));
        }
    clearInterval(sampling);
  } finally {
    await hub.stop();
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
console.log('| download | Xet MB/s | plain MB/s | ratio | CPU µs per MB |\n| --- | --- | --- | --- | --- |');
for (const streams of STREAMS) {
  const [xet, plain] = [median(figures.xet[streams]), median(figures.plain[streams])];
  const micros = ['xet', 'plain'].map((name) => Math.round(median(cpu[name][streams]))).join(' / ');
  const ratio = median(figures.xet[streams].map((speed, round) => speed / figures.plain[streams][round]));
  console.log(`| ${streams} at once | ${Math.round(xet)} | ${Math.round(plain)} | ${ratio.toFixed(2)} | ${micros} |`);
}
console.log(`Resident memory of the hub: ${memory.before} MB before, at most ${memory.peak} MB`);
