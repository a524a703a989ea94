import { Pool } from 'undici';
import { cpuMicros } from './processes.mjs';

const quantile = (sorted, q) => sorted[Math.floor(q * (sorted.length - 1))];
export const median = (values) =>
  quantile(
    [...values].sort((a, b) => a - b),
    0.5,
  );

/** Sends requests over `connections` connections: returns requests per second, latencies in ms, and CPU time per request of the server in µs. */
export async function load({ url, method, path, status }, pid, connections, seconds) {
  const pool = new Pool(url, { connections, pipelining: 1 });
  const latencies = [];
  const run = async (until, record) => {
    while (performance.now() < until) {
      const started = performance.now();
      const { statusCode, body } = await pool.request({ path, method, reset: false });
      await body.dump();
      if (statusCode !== status) throw new Error(`${method} ${path} answered ${statusCode}, not ${status}`);
      if (record) latencies.push(performance.now() - started);
    }
  };
  const all = (duration, record) => {
    const until = performance.now() + duration * 1000;
    return Promise.all(Array.from({ length: connections }, () => run(until, record)));
  };
  await all(seconds / 2, false);
  const cpu = cpuMicros(pid);
  await all(seconds, true);
  const cpuPerRequest = (cpuMicros(pid) - cpu) / latencies.length;
  await pool.close();
  latencies.sort((a, b) => a - b);
  return {
    rps: latencies.length / seconds,
    p50: quantile(latencies, 0.5),
    p99: quantile(latencies, 0.99),
    cpu: cpuPerRequest,
  };
}
