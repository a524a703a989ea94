// Latency of list pages with three sources that need 100 ms each: `npm run -s build && node bench/lists.mjs`.
import { createServer } from 'node:http';
import { freePort, startHub } from './processes.mjs';

const SOURCES = 3;
const DELAY_MS = 100;
const REPOSITORIES = 1000;
const ROUNDS = 15;

/** A source with cursors. Every fourth repository is on all sources. */
async function source(n) {
  const port = await freePort();
  const all = Array.from({ length: REPOSITORIES }, (_, i) => ({
    _id: `${i}`.padStart(24, '0'),
    id: i % 4 === 0 ? `all/model-${i}` : `of${n}/model-${i}`,
    likes: i % 50,
    downloads: REPOSITORIES - i,
    trendingScore: 0,
    private: false,
    tags: ['region:us'],
    createdAt: '2024-01-01T00:00:00.000Z',
  }));
  const server = createServer((request, response) => {
    const url = new URL(request.url, `http://127.0.0.1:${port}`);
    const [start, limit] = [Number(url.searchParams.get('cursor') ?? 0), Number(url.searchParams.get('limit') ?? 100)];
    url.searchParams.set('cursor', String(start + limit));
    const link = start + limit < all.length ? { link: `<${url.href}>; rel="next"` } : {};
    setTimeout(() => {
      response.writeHead(200, { 'content-type': 'application/json', ...link });
      response.end(JSON.stringify(all.slice(start, start + limit)));
    }, DELAY_MS);
  });
  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    setting: { name: `S${n}`, url: `http://127.0.0.1:${port}`, source_type: 'huggingface', priority: n },
    close: () => server.close(),
  };
}

const median = (times) => times.sort((a, b) => a - b)[Math.floor(times.length / 2)];

async function timed(url) {
  const started = performance.now();
  const answer = await fetch(url);
  const entries = await answer.json();
  return { ms: performance.now() - started, entries, next: /<([^>]+)>/.exec(answer.headers.get('link') ?? '')?.[1] };
}

const sources = await Promise.all(Array.from({ length: SOURCES }, (_, n) => source(n + 1)));
const hub = await startHub(sources.map(({ setting }) => setting));
try {
  const direct = [];
  const [first, second] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    direct.push((await timed(`${sources[0].setting.url}/api/models?limit=100`)).ms);
    const page = await timed(`${hub.url}/api/models?limit=100&sort=downloads`);
    if (page.entries.length !== 100) throw new Error(`Expected a page of 100 entries, not ${page.entries.length}`);
    first.push(page.ms);
    second.push((await timed(page.next)).ms);
  }
  const slowest = median(direct);
  for (const [name, times] of Object.entries({ 'first page': first, 'second page': second }))
    console.log(
      `${name}: ${median(times).toFixed(1)} ms, ${(median(times) / slowest).toFixed(2)} x a single source (${slowest.toFixed(1)} ms)`,
    );
} finally {
  await hub.stop();
  for (const { close } of sources) close();
}
