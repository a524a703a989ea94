import { readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { startHub, type RunningHub } from '../support/hub-app.js';
import { postgresBinaries, PostgresServer } from '../support/postgres-server.js';
import { BlockMeter } from '../support/main-thread-time.js';
import { fillRoute, ROUTE_VALUES } from '../support/route-urls.js';
import { sendRequest, type RequestOptions } from '../support/send-request.js';
import { createTestOrganization, createTestUser } from '../support/test-users.js';

/** Longest time in milliseconds of the main thread in which the hub does not respond to others. */
const MAX_BLOCK_MS = 250;
const FIGURES = new URL('../../bench/walk.json', import.meta.url);

interface BodyLimits {
  readonly kind: string;
  readonly max_bytes?: number;
  readonly max_bytes_anonymous?: number;
  readonly max_depth?: number;
  readonly max_string_bytes?: number;
}
interface Operation {
  readonly method: string;
  readonly path: string;
  readonly body: BodyLimits | undefined;
}

const { paths } = JSON.parse(readFileSync(new URL('../../openapi.json', import.meta.url), 'utf8')) as {
  paths: Record<string, Record<string, { 'x-limits'?: { body?: BodyLimits } }>>;
};
const STREAM = { kind: 'stream', max_bytes: 1_000_000 };
/** Routes that OpenAPI does not describe. */
const UNDOCUMENTED: readonly Operation[] = [
  { method: 'POST', path: '/ann/m.git/git-upload-pack', body: STREAM },
  { method: 'GET', path: '/ann/m.git/info/refs?service=git-upload-pack', body: undefined },
  { method: 'POST', path: `/xet/v1/xorbs/default/${'a'.repeat(64)}`, body: STREAM },
  { method: 'POST', path: '/xet/v1/shards', body: STREAM },
];
const OPERATIONS: readonly Operation[] = [
  ...Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path,
      body: operation['x-limits']?.body,
    })),
  ),
  ...UNDOCUMENTED,
];

/** A URL as long as Node accepts it. */
const longest = (path: string): string => {
  const long = { ...ROUTE_VALUES, path: 'a/'.repeat(7000), rest: 'a/'.repeat(7000), revision: 'a%2F'.repeat(3000) };
  return `${fillRoute(path, long)}?q=${'%20'.repeat(300)}`.slice(0, 15_000);
};

const KNOWN_LISTS: readonly (readonly [RegExp, (count: number) => string])[] = [
  [/preupload/, (n) => list('files', n, (at) => `{"path":"folder/${at}.bin","size":${at},"sample":"AAAA"}`, 1000)],
  [/batch/, (n) => `{"operation":"upload","transfers":["multipart"],${list('objects', n, oid, 1000).slice(1)}`],
  [/paths-info/, (n) => list('paths', n, (at) => `"a/${at}"`, 20_000)],
  [/complete/, (n) => list('parts', n, (at) => `{"partNumber":${at + 1},"etag":"x"}`, 10_000)],
  [/duplicate/, (n) => `{"target":{"type":"model","name":"ann/m"},${list('files', n, sha256, 10_000).slice(1)}`],
  [/bulk-replace/, (n) => list('sources', n, source, 1000)],
  [/order/, (n) => list('ids', n, String, 1000)],
];
const hex = (at: number): string => at.toString(16).padStart(64, '0');
const oid = (at: number): string => `{"oid":"${hex(at)}","size":1}`;
const sha256 = (at: number): string => `{"sha256":"${hex(at)}"}`;
const source = (at: number): string => `{"name":"s${at}","url":"http://127.0.0.1:1","source_type":"huggingface"}`;
const list = (name: string, count: number, item: (at: number) => string, max: number): string =>
  `{"${name}":[${Array.from({ length: Math.min(count, max) }, (_, at) => item(at)).join()}]}`;

/** The bodies of a route that are as large as its limits allow, each in another way, and some beyond them. */
function bodiesOf(path: string, body: BodyLimits, bytes: number): string[] {
  const { max_depth: depth = 20, max_string_bytes: string = bytes } = body;
  const available = bytes - 100;
  const known = KNOWN_LISTS.find(([pattern]) => pattern.test(path));
  const field = ['"files"', '"paths"', '"objects"', '"parts"', '"content"', '"name"', '"sources"'].find((name) =>
    known ? known[1](0).includes(name) : name === '"name"',
  )!;
  return [
    `{${field}:[${'{},'.repeat(available / 3)}{}]}`,
    `{${field}:[${'{},'.repeat(900)}{}]}`,
    `{${field}:"${'/'.repeat(Math.min(string, available))}"}`,
    `{${field}:${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`,
    `{${Array.from({ length: 99 }, (_, at) => `"key${at}":"${'x'.repeat(Math.min(500, available / 200))}"`).join()}}`,
    `{${Array.from({ length: Math.floor(available / 12) }, (_, at) => `"k${at}":1`).join()}}`,
    '['.repeat(available),
    known ? known[1](20_000) : '{"content":"---\\na: 1\\n---\\n"}',
  ].map((text) => text.slice(0, bytes));
}

/** Announces a body of which only the first byte is sent, and disconnects when the hub has received it. */
const stall = (
  hub: RunningHub,
  { method, path }: Operation,
  headers: Readonly<Record<string, string>>,
): Promise<void> =>
  new Promise((resolve) => {
    const socket = connect(hub.config.port, '127.0.0.1');
    const lines = Object.entries({
      host: 'hub',
      'content-type': 'application/json',
      ...headers,
      'content-length': '9999',
    });
    const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    socket.on('error', () => undefined).once('close', () => resolve());
    socket.write(`${method} ${fillRoute(path)} HTTP/1.1\r\n${head}\r\n{`, () => socket.destroySoon());
    socket.resume();
  });

const NO_LIMITS = {
  KOHAKU_HUB_RATE_LIMIT_FACTOR: '0',
};
type Figures = Record<string, { anonymous: number; account: number }>;

/** The longest block of the event loop for each operation. */
async function walk(hub: RunningHub): Promise<Figures> {
  const ann = await createTestUser(hub, 'ann');
  await createTestOrganization(hub, 'acme', { ann: 'admin' });
  await sendRequest(hub.url, '/api/repos/create', { method: 'POST', json: { name: 'm' }, headers: ann.headers });
  const callers = { anonymous: {}, account: { ...ann.headers, 'x-admin-token': hub.adminToken } } as const;
  const meter = new BlockMeter();
  const figures: Figures = {};
  for (const operation of OPERATIONS) {
    const figure = { anonymous: 0, account: 0 };
    for (const who of ['anonymous', 'account'] as const) {
      const headers = callers[who];
      for (const request of requestsOf(operation, who)) {
        await meter.read();
        await sendRequest(hub.url, request.path, { ...request, headers: { ...request.headers, ...headers } }).catch(
          () => undefined, // the hub may close the connection while the body is sent
        );
        figure[who] = Math.max(figure[who], await meter.read());
      }
      if (operation.body) await stall(hub, operation, headers);
    }
    figures[`${operation.method} ${operation.path}`] = {
      anonymous: Math.ceil(figure.anonymous),
      account: Math.ceil(figure.account),
    };
  }
  meter.stop();
  return figures;
}

type WalkRequest = RequestOptions & { readonly path: string };

function requestsOf({ method, path, body }: Operation, who: 'anonymous' | 'account'): WalkRequest[] {
  const options = { method: method as 'GET' };
  if (/logout|\/clear|accounts\/\{name\}$|delete$|repositories\/\{type\}/.test(path) && method !== 'GET') return [];
  const urls = [fillRoute(path), longest(path)].map((url) => ({ ...options, path: url }));
  if (!body) return urls;
  const limit = who === 'anonymous' ? (body.max_bytes_anonymous ?? body.max_bytes) : body.max_bytes;
  const bytes = Math.min(limit ?? 1_000_000, 2_000_000);
  const headers = { 'content-type': 'application/json' };
  return [
    ...urls,
    ...bodiesOf(path, body, bytes).map((text) => ({ ...options, path: fillRoute(path), body: text, headers })),
  ];
}

describe('no request blocks the hub for others', () => {
  let server: PostgresServer | undefined;
  afterAll(() => server?.stop());

  const databases = ['embedded', ...(postgresBinaries() ? ['server'] : [])];
  it.each(databases)(
    'with the database: %s',
    async (database) => {
      let url: string | undefined;
      if (database === 'server') {
        server = await PostgresServer.start();
        url = await server.newDatabase();
      }
      const env = {
        ...NO_LIMITS,
        ...(url && { KOHAKU_HUB_DATABASE_URL: url, KOHAKU_HUB_SECRET_KEY: 'a-secret-key-of-the-walk' }),
      };
      const hub = await startHub({ env });
      try {
        const figures = await walk(hub);
        if (process.env['WALK_WRITE'] && !url) writeFileSync(FIGURES, `${JSON.stringify(figures, undefined, 2)}\n`);
        const blocked = Object.entries(figures).filter(
          ([, { anonymous, account }]) => Math.max(anonymous, account) > MAX_BLOCK_MS,
        );
        expect(blocked).toEqual([]);
      } finally {
        await hub.close();
      }
    },
    170_000,
  );
});
