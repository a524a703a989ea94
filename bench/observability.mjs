// What it costs to say what goes on: a log line per answer, and traces. The built hub: `npm run -s build && node bench/observability.mjs`.
// Three hubs in one run, asked in turn; the ratio is to the one that says only what is wrong.
import { createServer } from 'node:http';
import { load, median } from './load.mjs';
import { freePort, start, startHub } from './processes.mjs';

const SECONDS = Number(process.env.BENCH_SECONDS ?? 2);
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 3);
const CONNECTIONS = 32;

/** Takes what it is sent, as a collector of traces does. */
async function collector() {
  const port = await freePort();
  const server = createServer((request, response) => request.resume().on('end', () => response.end('{}')));
  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${port}`, close: () => server.close() };
}

const [upstream, traces] = [await start('upstream.mjs'), await collector()];
const sources = [{ name: 'up', url: upstream.url, source_type: 'huggingface', priority: 1 }];
const hubs = {
  'only faults': await startHub(sources),
  'a log line per answer': await startHub(sources, { LOG_LEVEL: 'info' }),
  'and traces of all': await startHub(sources, { LOG_LEVEL: 'info', OTEL_EXPORTER_OTLP_ENDPOINT: traces.url }),
};
const QUESTIONS = {
  'info, warm': { method: 'GET', path: '/api/models/o/r', status: 200 },
  'GET resolve, bound (302)': { method: 'GET', path: '/o/r/resolve/main/a', status: 302 },
};
try {
  console.log('| case | said | rps | ratio | CPU µs | ratio |');
  console.log('|---|---|---|---|---|---|');
  for (const [question, asked] of Object.entries(QUESTIONS)) {
    const rounds = [];
    for (let round = 0; round <= ROUNDS; round++) {
      const figures = {};
      for (const [said, { url, pid }] of Object.entries(hubs))
        figures[said] = await load({ url, ...asked }, pid, CONNECTIONS, SECONDS);
      if (round > 0) rounds.push(figures); // the first compiles what is asked
    }
    const mid = (said, of) => median(rounds.map((figures) => of(figures[said], figures['only faults'])));
    for (const said of Object.keys(hubs)) {
      const [rps, cpu] = [mid(said, (own) => own.rps), mid(said, (own) => own.cpu)];
      const ratios = [mid(said, (own, quiet) => own.rps / quiet.rps), mid(said, (own, quiet) => own.cpu / quiet.cpu)];
      const cells = [Math.round(rps), ratios[0].toFixed(2), Math.round(cpu), ratios[1].toFixed(2)];
      console.log(`| ${[question, said, ...cells].join(' | ')} |`);
    }
  }
} finally {
  for (const hub of Object.values(hubs)) await hub.stop();
  upstream.stop();
  traces.close();
}
