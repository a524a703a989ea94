import { writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { PutBucketLifecycleConfigurationCommand, PutBucketPolicyCommand } from '@aws-sdk/client-s3';
import { createClient } from '@redis/client';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import type { Area, Finding, Level } from '../../../src/app/doctor/finding.js';
import { runDoctor } from '../../../src/app/doctor/run-doctor.js';
import type { S3Config } from '../../../src/platform/config/hub-config.js';
import { dataSourceOptions } from '../../../src/platform/database/data-source-options.js';
import { openDataSource } from '../../../src/platform/database/open-data-source.js';
import { S3OwnerMark } from '../../../src/platform/storage/s3-owner-mark.js';
import { S3Bucket } from '../../../src/platform/storage/s3-bucket.js';
// loaded before, because Jest cannot load several modules at once that share one
import '../../../src/app/doctor/examine-direct-transfer.js';
import '../../../src/app/doctor/bucket-settings.js';
import '../../../src/platform/storage/s3-blob-store.js';
import '../../../src/platform/storage/s3-direct-transfer.js';
import '../../../src/platform/storage/s3-part-store.js';
import { FakeUpstream } from '../../support/fake-upstream.js';
import { freePort } from '../../support/free-port.js';
import { startHub, type RunningHub } from '../../support/hub-app.js';
import { postgresBinaries, PostgresServer } from '../../support/postgres-server.js';
import { copyPreparedDatabase } from '../../support/prepared-database.js';
import { RedisServer } from '../../support/redis-server.js';
import { missingS3Programs, S3Server } from '../../support/s3-server.js';
import { s3Variables } from '../../support/s3-variables.js';
import { temporaryFolder } from '../../support/temporary-folder.js';
import { TEST_CA_FILE } from '../../support/test-tls.js';
import { TlsProxy } from '../../support/tls-proxy.js';

type Env = Record<string, string>;

const KEY = '0f4b8c2d7e6a91350f4b8c2d7e6a9135';
const ADMIN = 'c71e0a94d2b85f36c71e0a94d2b85f36';
/** The migrations of a newer version. */
const MIGRATED_LATER = [
  'CREATE TABLE migrations (id serial, timestamp bigint, name text)',
  "INSERT INTO migrations (timestamp, name) VALUES (1999999999999, 'Later1999999999999')",
];
const NEWER = /^The database was migrated by a newer version of the hub \(Later1999999999999\)/;
const GUESSED = 'only-for-trying-out-0123456789abcdef';

const missing = [postgresBinaries() === undefined ? 'no PostgreSQL' : undefined, missingS3Programs()].filter(Boolean);

describe('doctor', () => {
  if (missing.length > 0) {
    it.skip(`skipped: ${missing.join(', ')}`, () => {});
    return;
  }

  let postgres: PostgresServer;
  let redis: RedisServer;
  let s3: S3Server;
  let bucket: S3Config;
  let source: FakeUpstream;
  let hub: RunningHub;
  /** The environment of the hub. */
  let intact: Env;
  const servers: Server[] = [];

  beforeAll(async () => {
    [postgres, redis, s3, source] = await Promise.all([
      PostgresServer.start(),
      RedisServer.start(),
      S3Server.start(),
      FakeUpstream.start(asHub()),
    ]);
    bucket = await s3.newBucket();
    intact = {
      HOST: '127.0.0.1',
      KOHAKU_HUB_DATA_DIR: await temporaryFolder(),
      KOHAKU_HUB_DATABASE_URL: await postgres.newDatabase(),
      KOHAKU_HUB_REDIS_URL: redis.hubUrl,
      KOHAKU_HUB_SECRET_KEY: KEY,
      KOHAKU_HUB_ADMIN_SECRET_TOKEN: ADMIN,
      KOHAKU_HUB_FALLBACK_SOURCES: sources(source.url),
      ...s3Variables(bucket),
    };
    hub = await startHub({ env: intact });
    intact['PORT'] = String(hub.config.port);
  });
  afterAll(async () => {
    await hub?.close();
    for (const server of servers) server.close();
    await Promise.all([source?.close(), redis?.kill(), s3?.stop(), postgres?.stop()]);
  });

  /** Without the running hub, unless `env` names its port. */
  async function examine(env: Env): Promise<Finding[]> {
    const findings: Finding[] = [];
    for await (const finding of runDoctor({ env: { ...intact, PORT: '1', ...env } })) findings.push(finding);
    return findings;
  }

  it('finds no problem in an intact installation, and leaves nothing behind', async () => {
    const findings = await examine({ PORT: intact['PORT']! });
    expect(findings.filter(({ level }) => level === 'problem')).toEqual([]);
    const areas: Area[] = [
      'settings',
      'limits',
      'disk',
      'database',
      'redis',
      'bucket',
      'sources',
      'clock',
      'addresses',
      'client',
    ];
    expect([...new Set(findings.map(({ area }) => area))].sort()).toEqual(areas.sort());
    expect(findings.map(({ message }) => message)).toEqual(
      expect.arrayContaining([
        'The hub has the rights that it needs in Redis.',
        `The hub has the rights that it needs in the bucket ${bucket.bucket}.`,
        `This hub owns the bucket ${bucket.bucket}.`,
        'Source "Far": Connected.',
        'The clock agrees with the database server.',
        `This hub responds at http://localhost:${intact['PORT']}.`,
      ]),
    );
    const accounts = await fetch(`${hub.url}/admin/api/accounts`, { headers: { 'x-admin-token': ADMIN } });
    expect(await accounts.json()).toMatchObject({ accounts: [] });
    for await (const { key } of new S3Bucket(bucket).list('incoming/')) throw new Error(`${key} was left behind`);
    expect(JSON.stringify(findings)).not.toMatch(new RegExp(`${KEY}|${ADMIN}|${bucket.keys!.secretAccessKey}`));
  });

  const sql = async (url: string, ...statements: string[]): Promise<string> => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    for (const statement of statements) await client.query(statement);
    await client.end();
    return url;
  };
  const as = (user: string, url: string): string => url.replace('//hub@', `//${user}@`);
  const database = (url: string): Env => ({ KOHAKU_HUB_DATABASE_URL: url });
  const listening = async (server: Server): Promise<string> => {
    servers.push(server);
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  /** The address of the hub with TLS, with a certificate of the tests' own authority. */
  const withTls = async (): Promise<string> => {
    const proxy = await TlsProxy.start(Number(intact['PORT']));
    servers.push({ close: () => void proxy.close() } as unknown as Server);
    return `https://127.0.0.1:${proxy.port}`;
  };
  const running = (url: string): Env => ({ PORT: intact['PORT']!, KOHAKU_HUB_BASE_URL: url });

  interface Fault {
    readonly name: string;
    /** Creates the fault. */
    readonly env: () => Env | Promise<Env>;
    readonly finding: readonly [level: Level, area: Area, message: RegExp, advice: RegExp];
  }

  const FAULTS: readonly Fault[] = [
    {
      name: 'a setting with a typo',
      env: () => ({ KOHAKU_HUB_FALBACK_TIMEOUT: '5' }),
      finding: [
        'warning',
        'settings',
        /^KOHAKU_HUB_FALBACK_TIMEOUT is not a setting/,
        /Did you mean KOHAKU_HUB_FALLBACK_TIMEOUT\?/,
      ],
    },
    {
      name: 'an invalid value',
      env: () => ({ KOHAKU_HUB_FALLBACK_TIMEOUT: 'fast' }),
      finding: ['problem', 'settings', /^KOHAKU_HUB_FALLBACK_TIMEOUT is "fast": expected a number/, /\.env\.example/],
    },
    {
      name: 'a published secret',
      env: () => ({ HOST: '0.0.0.0', KOHAKU_HUB_ADMIN_SECRET_TOKEN: GUESSED }),
      finding: ['problem', 'settings', /^KOHAKU_HUB_ADMIN_SECRET_TOKEN is a published example/, /does not start/],
    },
    {
      name: 'a disk that is nearly full',
      env: () => ({ KOHAKU_HUB_STORAGE: 'fs', KOHAKU_HUB_MIN_FREE_DISK: '9PB' }),
      finding: ['problem', 'disk', /has .* free, so uploads are refused: 9 PB must stay free/, /Free some space/],
    },
    {
      name: 'a missing database',
      env: () => database(intact['KOHAKU_HUB_DATABASE_URL']!.replace(/\/[^/]*$/, '/nowhere')),
      finding: [
        'problem',
        'database',
        /The database in KOHAKU_HUB_DATABASE_URL does not exist\. Create it/,
        /KOHAKU_HUB_DATABASE_URL/,
      ],
    },
    {
      name: 'a database server that does not run',
      env: async () => database(`postgresql://hub@127.0.0.1:${await freePort()}/hub`),
      finding: ['problem', 'database', /the connection was refused/, /whether the server runs/],
    },
    {
      name: 'a database user without rights',
      env: async () => {
        const url = await sql(
          await postgres.newDatabase(),
          'CREATE ROLE reader LOGIN',
          'REVOKE CREATE ON SCHEMA public FROM PUBLIC',
        );
        return database(as('reader', url));
      },
      finding: ['problem', 'database', /^The user reader may not create tables/, /ALTER DATABASE .* OWNER TO reader/],
    },
    {
      name: 'tables of another user',
      env: async () => {
        const url = await sql(
          await postgres.newDatabase(),
          'CREATE ROLE successor LOGIN',
          'GRANT CREATE ON SCHEMA public TO successor',
          'CREATE TABLE accounts (id integer)',
        );
        return database(as('successor', url));
      },
      finding: ['problem', 'database', /^1 tables and sequences belong to another user/, /REASSIGN OWNED/],
    },
    {
      name: 'a database with few connections',
      env: async () => {
        const url = await postgres.newDatabase();
        await sql(url, 'CREATE ROLE narrow LOGIN CONNECTION LIMIT 3', 'GRANT CREATE ON SCHEMA public TO narrow');
        return database(as('narrow', url));
      },
      finding: ['warning', 'database', /^Only \d of 3 connections are free/, /max_connections/],
    },
    {
      name: 'a database server without TLS',
      env: () => database(`${intact['KOHAKU_HUB_DATABASE_URL']}?sslmode=verify-full`),
      finding: ['problem', 'database', /does not use TLS\. Remove sslmode/, /KOHAKU_HUB_DATABASE_URL/],
    },
    {
      name: 'a database of a newer version',
      env: async () => database(await sql(await postgres.newDatabase(), ...MIGRATED_LATER)),
      finding: ['problem', 'database', NEWER, /^Start the newer version.*docs\/upgrading\.md/],
    },
    {
      name: 'an embedded database of a newer version',
      env: async () => {
        const dataDir = await temporaryFolder();
        await copyPreparedDatabase(dataDir);
        const { source: embedded } = await openDataSource(await dataSourceOptions({ databaseUrl: undefined, dataDir }));
        await embedded.query("INSERT INTO migrations (timestamp, name) VALUES (1999999999999, 'Later1999999999999')");
        await embedded.destroy();
        return { ...database(''), KOHAKU_HUB_DATA_DIR: dataDir };
      },
      finding: ['problem', 'database', NEWER, /^Start the newer version.*docs\/upgrading\.md/],
    },
    {
      name: 'a database of a newer version that allows this one',
      env: async () =>
        database(
          await sql(
            await postgres.newDatabase(),
            ...MIGRATED_LATER,
            'CREATE TABLE hub_settings (key text PRIMARY KEY, value text)',
            `INSERT INTO hub_settings VALUES ('schema.compatibility', '{"oldest_program": 0, "newest": 1999999999999}')`,
          ),
        ),
      finding: [
        'warning',
        'database',
        /newer version \(Later1999999999999\), with which this version may run/,
        /upgrading/,
      ],
    },
    {
      name: 'a Redis without TLS at a URL with TLS',
      env: () => ({ KOHAKU_HUB_REDIS_URL: redis.url.replace('redis:', 'rediss:') }),
      finding: ['problem', 'redis', /^Redis does not use TLS\. Begin KOHAKU_HUB_REDIS_URL with redis:/, /REDIS_URL/],
    },
    {
      name: 'a wrong Redis password',
      env: () => ({ KOHAKU_HUB_REDIS_URL: redis.url.replace('//', '//nobody:wrong@') }),
      finding: ['problem', 'redis', /rejects the user name or password/, /KOHAKU_HUB_REDIS_URL/],
    },
    {
      name: 'a Redis server that evicts any key',
      env: async () => {
        const client = createClient({ url: redis.url });
        await client.connect();
        await client.configSet('maxmemory-policy', 'allkeys-lru');
        client.destroy();
        return {};
      },
      finding: ['problem', 'redis', /maxmemory-policy allkeys-lru/, /noeviction/],
    },
    {
      name: 'a Redis user without rights',
      env: async () => {
        const client = createClient({ url: redis.url });
        await client.connect();
        await client.configSet('maxmemory-policy', 'noeviction');
        await client.sendCommand([
          'ACL',
          'SETUSER',
          'reader',
          'on',
          '>pass',
          '~hubfall:*', // and not the keys of bindings
          '&hubfall:*',
          '+@all',
        ]);
        client.destroy();
        return { KOHAKU_HUB_REDIS_URL: redis.url.replace('//', '//reader:pass@') };
      },
      finding: [
        'problem',
        'redis',
        /is not allowed to use the keys hubfall:\* and fallback:\*/,
        /KOHAKU_HUB_REDIS_URL/,
      ],
    },
    {
      name: 'a missing bucket',
      env: () => ({ KOHAKU_HUB_S3_BUCKET: 'nowhere' }),
      finding: ['problem', 'bucket', /cannot use the bucket nowhere: the bucket does not exist/, /Create the bucket/],
    },
    {
      name: 'a wrong secret key of the bucket',
      env: () => ({ KOHAKU_HUB_S3_SECRET_KEY: 'wrong-secret-key' }),
      finding: [
        'problem',
        'bucket',
        /cannot use the bucket [a-z0-9-]+: the secret key is wrong/,
        /Correct KOHAKU_HUB_S3_SECRET_KEY/,
      ],
    },
    {
      name: 'a bucket policy that forbids deleting',
      env: async () => {
        const forbidden = await s3.newBucket();
        const statement = {
          Effect: 'Deny',
          Principal: '*',
          Action: 's3:DeleteObject',
          Resource: `arn:aws:s3:::${forbidden.bucket}/*`,
        };
        const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
        await s3.client().send(new PutBucketPolicyCommand({ Bucket: forbidden.bucket, Policy }));
        return s3Variables(forbidden);
      },
      finding: ['problem', 'bucket', /cannot delete an object \(s3:DeleteObject\) .* it is not allowed/, /policy/],
    },
    {
      name: 'a lifecycle rule that deletes files',
      env: async () => {
        const expiring = await s3.newBucket();
        const rule = { ID: 'tidy', Status: 'Enabled' as const, Filter: { Prefix: '' }, Expiration: { Days: 30 } };
        const LifecycleConfiguration = { Rules: [rule] };
        await s3
          .client()
          .send(new PutBucketLifecycleConfigurationCommand({ Bucket: expiring.bucket, LifecycleConfiguration }));
        return s3Variables(expiring);
      },
      finding: ['problem', 'bucket', /^The lifecycle rule tidy deletes the files of repositories/, /blobs\//],
    },
    {
      name: 'a bucket that clients cannot reach',
      env: async () => ({ KOHAKU_HUB_S3_PUBLIC_ENDPOINT: `http://localhost:${await freePort()}` }),
      finding: [
        'problem',
        'bucket',
        /^Clients cannot download from .* the connection was refused/,
        /KOHAKU_HUB_S3_PUBLIC_ENDPOINT/,
      ],
    },
    {
      name: 'a bucket to which browsers cannot upload',
      env: () => ({ KOHAKU_HUB_S3_PUBLIC_ENDPOINT: bucket.endpoint!.replace('127.0.0.1', 'localhost') }),
      finding: ['warning', 'bucket', /^Browsers cannot upload large files .*\(CORS\)/, /exposes ETag/],
    },
    {
      name: 'a bucket of another hub',
      env: async () => {
        const other = await s3.newBucket();
        await new S3OwnerMark(new S3Bucket(other)).replace(JSON.stringify({ hub: 'another', database: 'another' }));
        return s3Variables(other);
      },
      finding: ['problem', 'bucket', /^Another hub uses the bucket/, /docs\/operations\.md/],
    },
    {
      name: 'a source that rejects its token',
      env: () => ({ KOHAKU_HUB_FALLBACK_SOURCES: sources(source.url, 'hf_expired') }),
      finding: ['problem', 'sources', /^Source "Far": Connected, but the token was rejected\./, /Update its token/],
    },
    {
      name: 'a source whose name cannot be resolved',
      env: () => ({ KOHAKU_HUB_FALLBACK_SOURCES: sources('http://hub.invalid') }),
      finding: ['problem', 'sources', /^Source "Far": Its host name cannot be resolved/, /HTTPS_PROXY/],
    },
    {
      name: 'credentials of a source that were encrypted with another key',
      env: async () => {
        const body = JSON.stringify({ name: 'Sealed', url: source.url, source_type: 'huggingface', token: 'hf_valid' });
        const headers = { 'x-admin-token': ADMIN, 'content-type': 'application/json' };
        await fetch(`${hub.url}/admin/api/fallback-sources`, { method: 'POST', headers, body });
        return { KOHAKU_HUB_SECRET_KEY: [...KEY].reverse().join('') };
      },
      finding: [
        'problem',
        'sources',
        /^Source "Sealed" is not used, because its credentials cannot be decrypted/,
        /key that was used before/,
      ],
    },
    {
      name: 'a clock that is wrong',
      env: async () => {
        const late = await FakeUpstream.start(asHub({ date: new Date(Date.now() - 3_600_000).toUTCString() }));
        servers.push({ close: () => void late.close() } as unknown as Server);
        return { KOHAKU_HUB_FALLBACK_SOURCES: sources(late.url) };
      },
      finding: ['problem', 'clock', /^The clock of this machine is 3\d\d\d s ahead of source "Far"\./, /NTP/],
    },
    {
      name: 'an address with another server',
      env: async () => running(await listening(createServer((_, response) => response.end('<html>Welcome</html>')))),
      finding: ['problem', 'addresses', /^Another server than this hub responds at/, /KOHAKU_HUB_BASE_URL/],
    },
    {
      name: 'an address with another hub',
      env: async () => {
        const other = await startHub();
        servers.push({ close: () => void other.close() } as unknown as Server);
        return running(other.url);
      },
      finding: ['problem', 'addresses', /^Another hub responds at/, /same database/],
    },
    {
      name: 'an address without a server',
      env: async () => running(`http://127.0.0.1:${await freePort()}`),
      finding: ['problem', 'addresses', /^The hub cannot be reached at .* the connection was refused/, /firewall/],
    },
    {
      name: 'a proxy that hides TLS, and has a certificate of the authority in KOHAKU_HUB_CA_FILE',
      env: async () => ({ ...running(await withTls()), KOHAKU_HUB_CA_FILE: TEST_CA_FILE }),
      finding: ['warning', 'addresses', /^URLs in responses at https:.* begin with http:/, /TRUSTED_PROXIES/],
    },
    {
      name: 'a proxy with a certificate of an unknown authority',
      env: async () => running(await withTls()),
      finding: ['problem', 'addresses', /an authority that is not trusted here.* to KOHAKU_HUB_CA_FILE/, /Check DNS/],
    },
    {
      name: 'an hf that fails, although it trusts the authority in KOHAKU_HUB_CA_FILE',
      env: async () => {
        const folder = await temporaryFolder();
        await writeFile(join(folder, 'hf'), FAILING_HF, { mode: 0o755 });
        return { ...running(await withTls()), KOHAKU_HUB_CA_FILE: TEST_CA_FILE, PATH: folder };
      },
      finding: [
        'problem',
        'client',
        /^hf could not upload files at https:.*: HTTP 200, 1 list of authorities$/,
        /^Fix/,
      ],
    },
    {
      name: 'a proxy that removes credentials',
      env: async () => running(await listening(forwardTo(() => hub.url, { removesCredentials: true }))),
      finding: ['problem', 'addresses', /arrive without their Authorization header/, /forward it/],
    },
    {
      name: 'a proxy that decodes paths',
      env: async () => running(await listening(forwardTo(() => hub.url, { path: decodeURIComponent }))),
      finding: ['problem', 'addresses', /changes paths with %2F/, /unchanged/],
    },
  ];

  it.each(FAULTS)('finds $name', async ({ env, finding: [level, area, message, advice] }) => {
    const findings = await examine(await env());
    expect(findings).toContainEqual({
      level,
      area,
      message: expect.stringMatching(message),
      advice: expect.stringMatching(advice),
    });
  });
});

/** A program that requests the hub with the authorities that it is given, and fails with the result. */
const FAILING_HF = `#!${process.execPath}
const files = ['SSL_CERT_FILE', 'REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE'].map((name) => process.env[name]);
const ca = require('node:fs').readFileSync(files[0]);
require('node:https').get(process.env.HF_ENDPOINT + '/api/version', { ca }, ({ statusCode }) => {
  console.error('HTTP ' + statusCode + ', ' + new Set(files).size + ' list of authorities');
  process.exit(1);
});
`;

/** Replies as huggingface.co does to a connection test. It knows one token. */
function asHub(headers: Record<string, string> = {}): FakeUpstream['reply'] {
  return (response, { headers: { authorization } }) => {
    const isRejected = authorization !== undefined && authorization !== 'Bearer hf_valid';
    response.writeHead(isRejected ? 401 : 200, { 'content-type': 'application/json', ...headers });
    response.end(isRejected ? '{"error":"Invalid credentials"}' : '[]');
  };
}

const sources = (url: string, token?: string): string =>
  JSON.stringify([{ name: 'Far', url, source_type: 'huggingface', ...(token && { token }) }]);

/** A proxy that changes requests. */
const forwardTo = (
  url: () => string,
  {
    path = (text) => text,
    removesCredentials = false,
  }: { path?: (text: string) => string; removesCredentials?: boolean },
): Server =>
  createServer((request, response) => {
    const { authorization = undefined } = removesCredentials ? {} : request.headers;
    const headers = { ...(authorization && { authorization }) };
    void fetch(url() + path(request.url!), { headers }).then(async (reply) => {
      response.writeHead(reply.status, { 'content-type': reply.headers.get('content-type') ?? 'text/plain' });
      response.end(Buffer.from(await reply.arrayBuffer()));
    });
  });
