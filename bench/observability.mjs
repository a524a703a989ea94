// The cost of a log line per response and of traces: `npm run -s build && node bench/observability.mjs`.
// Compares three hubs in one run; ratios are relative to the one that logs only problems.
import { createServer } from 'node:http';
import { load, median } from './load.mjs';
import { freePort, start, startHub } from './processes.mjs';

const SECONDS = Number(process.env.BENCH_SECONDS ?? 2);
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 3);
const CONNECTIONS = 32;

/** A trace collector that discards what it receives. */
async function collector() {
  const port = await freePort();
  const server = createServer((request, response) => request.resume().on('end', () => response.end('{}')));
  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${port}`, close: () => server.close() };
}

const [upstream, traces] = [await start('upstream.mjs'), await collector()];
const sources = [{ name: 'up', url: upstream.url, source_type: 'huggingface', priority: 1 }];
const hubs = {
  'only problems': await startHub(sources),
  'a log line per response': await startHub(sources, { LOG_LEVEL: 'info' }),
  '… and traces': await startHub(sources, { LOG_LEVEL: 'info', OTEL_EXPORTER_OTLP_ENDPOINT: traces.url }),
};
const REQUESTS = {
  'info, warm': { method: 'GET', path: '/api/models/o/r', status: 200 },
  'GET resolve, bound (302)': { method: 'GET', path: '/o/r/resolve/main/a', status: 302 },
};
try {
  console.log('| case | output | rps | ratio | CPU µs | ratio |');
  console.log('|---|---|---|---|---|---|');
  for (const [title, request] of Object.entries(REQUESTS)) {
    const rounds = [];
    for (let round = 0; round <= ROUNDS; round++) {
      const figures = {};
      for (const [output, { url, pid }] of Object.entries(hubs))
        figures[output] = await load({ url, ...request }, pid, CONNECTIONS, SECONDS);
      if (round > 0) rounds.push(figures); // the first round is a warm-up
    }
    const mid = (output, of) => median(rounds.map((figures) => of(figures[output], figures['only problems'])));
    for (const output of Object.keys(hubs)) {
      const [rps, cpu] = [mid(output, (own) => own.rps), mid(output, (own) => own.cpu)];
      const ratios = [
        mid(output, (own, quiet) => own.rps / quiet.rps),
        mid(output, (own, quiet) => own.cpu / quiet.cpu),
      ];
      const cells = [Math.round(rps), ratios[0].toFixed(2), Math.round(cpu), ratios[1].toFixed(2)];
      console.log(`| ${[title, output, ...cells].join(' | ')} |`);
    }
  }
} finally {
  for (const hub of Object.values(hubs)) await hub.stop();
  upstream.stop();
  traces.close();
}
