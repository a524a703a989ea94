// npm run bench:cache: downloads of a large file that this hub has, its own one and one of the content cache, and the first download, which fills the
// cache, from a source that is as fast as possible and from one with a line of 1 Gbit/s. Compared with a bare node:http server with createReadStream, in the same run. curl reads, so that the reader costs little.
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { uploadFile, writeFile } from './large-file.mjs';
import { cpuMicros, residentMb, start, startHub } from './processes.mjs';

const BYTES = Number(process.env.BENCH_BYTES ?? 1_000_000_000);
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 3);
const STREAMS = [1, 8];
const MB = 1_000_000;
/** 1 Gbit/s. */
const PACE = 125 * MB;

/** Reads a URL as a whole, several times at once, and returns the MB/s of all together. */
async function read(url, streams) {
  const started = performance.now();
  const download = () =>
    new Promise((resolve, reject) => {
      const curl = spawn('curl', ['-sSf', '-o', '/dev/null', url], { stdio: 'inherit' });
      curl.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`curl failed for ${url}`))));
    });
  await Promise.all(Array.from({ length: streams }, download));
  return (streams * BYTES) / MB / ((performance.now() - started) / 1000);
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

const folder = await mkdtemp(join(tmpdir(), 'hubfall-cache-'));
const path = join(folder, 'file');
const figures = {
  cold: [],
  source: [],
  coldCpu: [],
  pacedCold: [],
  paced: [],
  pacedCpu: [],
  held: {},
  own: {},
  bare: {},
};
let peakMb = 0;
try {
  for (let round = 0; round < ROUNDS; round++) {
    const sha256 = await writeFile(path, BYTES, round);
    const source = await start('cache-source.mjs', path, sha256);
    const paced = await start('cache-source.mjs', path, sha256, String(PACE));
    const setting = { source_type: 'huggingface', delivery: 'cache' };
    const hub = await startHub(
      [
        { ...setting, name: 'S', url: source.url, include: ['o/*'] },
        { ...setting, name: 'P', url: paced.url, include: ['p/*'] },
      ],
      { KOHAKU_HUB_NAMESPACE_GUARD: 'off' },
    );
    const sampling = setInterval(() => (peakMb = Math.max(peakMb, residentMb(hub.pid))), 100);
    try {
      const at = (server, repo) => `${server.url}/${repo}/resolve/main/large.bin`;
      figures.source.push(await read(at(source, 'o/r'), 1));
      const cold = async (repo) => {
        const before = cpuMicros(hub.pid);
        const speed = await read(at(hub, repo), 1);
        return [speed, (cpuMicros(hub.pid) - before) / 1e6];
      };
      const push = (names, values) => names.forEach((name, n) => figures[name].push(values[n]));
      push(['cold', 'coldCpu'], await cold('o/r'));
      figures.paced.push(await read(at(paced, 'p/r'), 1));
      push(['pacedCold', 'pacedCpu'], await cold('p/r'));
      await uploadFile(hub, path, { sha256, bytes: BYTES });
      for (const streams of STREAMS)
        for (const [name, server, repo] of [
          ['bare', source, 'o/r'],
          ['held', hub, 'o/r'],
          ['own', hub, 'alice/large'],
        ])
          (figures[name][streams] ??= []).push(await read(at(server, repo), streams));
    } finally {
      clearInterval(sampling);
      await hub.stop();
      source.stop();
      paced.stop();
    }
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
const line = (name, value, base) =>
  console.log(`| ${name} | ${Math.round(value)} | ${Math.round(base)} | ${(value / base).toFixed(2)} |`);
console.log('| download | hub MB/s | bare MB/s | ratio |\n| --- | --- | --- | --- |');
line('first, fills the cache', median(figures.cold), median(figures.source));
line('first, source at 1 Gbit/s', median(figures.pacedCold), median(figures.paced));
for (const streams of STREAMS)
  for (const name of ['held', 'own'])
    line(`${name}, ${streams} at once`, median(figures[name][streams]), median(figures.bare[streams]));
const range = (values) => `${Math.min(...values).toFixed(2)} to ${Math.max(...values).toFixed(2)}`;
const ratios = (cold, source) => range(figures[cold].map((value, n) => value / figures[source][n]));
console.log(`Ratios of first downloads: ${ratios('cold', 'source')}; at 1 Gbit/s: ${ratios('pacedCold', 'paced')}`);
console.log(`CPU s of the hub for them: ${range(figures.coldCpu)}; at 1 Gbit/s: ${range(figures.pacedCpu)}`);
console.log(`Load: ${loadavg()[0].toFixed(1)}`);
console.log(`Peak resident memory of the hub: ${Math.round(peakMb)} MB`);
