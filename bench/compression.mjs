// Costs and savings of compressed JSON: `npm run -s build && node bench/compression.mjs`.
import { createServer } from 'node:http';
import { request } from 'undici';
import { cpuMicros, freePort, startHub } from './processes.mjs';

const SIZES = [10, 20, 40, 100, 1000];
const ROUNDS = 5;
const REQUESTS = 200;
const CODINGS = ['identity', 'gzip', 'br'];

const hex = (n, length) => ((n * 2654435761) >>> 0).toString(16).repeat(5).slice(0, length).padStart(length, '0');
const file = (n) => ({
  type: 'file',
  oid: hex(n, 40),
  size: 1000 + n * 17,
  path: `data/train-${String(n).padStart(5, '0')}-of-00100.parquet`,
  lfs: { oid: hex(n + 1, 64), size: 1000 + n * 17, pointerSize: 134 },
});

/** A source whose repositories have the number of files that is in their name. */
async function startSource() {
  const port = await freePort();
  const server = createServer((incoming, response) => {
    const count = Number(/r(\d+)/.exec(incoming.url)?.[1] ?? 0);
    const siblings = Array.from({ length: count }, (_, n) => file(n));
    const isTree = incoming.url.includes('/tree/');
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(isTree ? siblings : { id: `o/r${count}`, sha: hex(7, 40), private: false }));
  });
  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    setting: { name: 'S', url: `http://127.0.0.1:${port}`, source_type: 'huggingface' },
    close: () => server.close(),
  };
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

async function measure(hub, path, coding) {
  const before = cpuMicros(hub.pid);
  let bytes = 0;
  for (let n = 0; n < REQUESTS; n++) {
    const { body, headers, statusCode } = await request(hub.url + path, { headers: { 'accept-encoding': coding } });
    bytes = (await body.arrayBuffer()).byteLength;
    if (statusCode !== 200) throw new Error(`${path}: ${statusCode}`);
    if (coding !== 'identity' && bytes > 1024 && !headers['content-encoding'])
      throw new Error(`${path} was not compressed`);
  }
  return { bytes, micros: (cpuMicros(hub.pid) - before) / REQUESTS };
}

const source = await startSource();
const hub = await startHub([source.setting]);
try {
  console.log('| files | coding | bytes | CPU µs | bytes / identity | CPU / identity | saves time below |');
  for (const size of SIZES) {
    const path = `/api/datasets/o/r${size}/tree/main`;
    await measure(hub, path, 'identity'); // warm
    const rounds = Object.fromEntries(CODINGS.map((coding) => [coding, []]));
    for (let round = 0; round < ROUNDS; round++)
      for (const coding of CODINGS) rounds[coding].push(await measure(hub, path, coding));
    const result = Object.fromEntries(
      CODINGS.map((coding) => [
        coding,
        { bytes: rounds[coding][0].bytes, micros: median(rounds[coding].map(({ micros }) => micros)) },
      ]),
    );
    const plain = result.identity;
    for (const coding of CODINGS) {
      const { bytes, micros } = result[coding];
      const megabits = ((plain.bytes - bytes) * 8) / Math.max(1, micros - plain.micros);
      const limit = bytes === plain.bytes ? '' : `${megabits.toFixed(0)} Mbit/s`;
      console.log(
        `| ${size} | ${coding} | ${bytes} | ${micros.toFixed(0)} | ${(bytes / plain.bytes).toFixed(2)} | ${(micros / plain.micros).toFixed(2)} | ${limit} |`,
      );
    }
  }
} finally {
  await hub.stop();
  source.close();
}
