// npm run bench:audit: what the events of downloads cost. Compares a hub that records them with one that only counts downloads, in one run: requests per second
// and CPU time of a small local file. BENCH_MAX_COST fails the run above that part of the CPU time.
import { load, median } from './load.mjs';
import { startHub } from './processes.mjs';

const SECONDS = Number(process.env.BENCH_SECONDS ?? 2);
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);
const CONNECTIONS = 8;

/** Creates a repository, which has one file of 2 kB. */
async function createRepository(url) {
  const post = (path, body, headers = {}) =>
    fetch(url + path, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', ...headers },
    });
  const account = { username: 'alice', password: 'correct horse battery' };
  await post('/api/auth/register', account);
  const cookie = (await post('/api/auth/login', account)).headers.get('set-cookie').split(';')[0];
  const { token } = await (await post('/api/auth/tokens/create', { name: 'bench' }, { cookie })).json();
  await post('/api/repos/create', { name: 'files' }, { authorization: `Bearer ${token}` });
}

const hubs = {
  without: await startHub([], { KOHAKU_HUB_AUDIT_DOWNLOADS: 'false' }),
  with: await startHub([], { KOHAKU_HUB_AUDIT_DOWNLOADS: 'true' }),
};
try {
  const request = { method: 'GET', path: '/alice/files/resolve/main/.gitattributes', status: 200 };
  for (const { url } of Object.values(hubs)) await createRepository(url);
  const ratios = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const figures = {};
    const order = round % 2 === 0 ? ['without', 'with'] : ['with', 'without'];
    for (const name of order) {
      const { url, pid } = hubs[name];
      figures[name] = await load({ url, ...request }, pid, CONNECTIONS, SECONDS);
    }
    if (round === 0) continue; // a warm-up
    ratios.push({ cpu: figures.with.cpu / figures.without.cpu, rps: figures.with.rps / figures.without.rps });
    const cells = ['without', 'with'].map(
      (name) => `${Math.round(figures[name].rps)} rps, ${Math.round(figures[name].cpu)} µs`,
    );
    console.log(`round ${round}: without events ${cells[0]}; with events ${cells[1]}`);
  }
  const cpu = median(ratios.map((ratio) => ratio.cpu));
  const rps = median(ratios.map((ratio) => ratio.rps));
  console.log(`with / without: CPU ${cpu.toFixed(3)}, requests per second ${rps.toFixed(3)}`);
  if (cpu > 1 + Number(process.env.BENCH_MAX_COST ?? Infinity)) process.exitCode = 1;
} finally {
  for (const hub of Object.values(hubs)) await hub.stop();
}
