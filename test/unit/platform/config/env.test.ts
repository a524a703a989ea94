import { SOURCE_TYPES } from '../../../../src/fallback/strategies/strategies.js';
import { parseEnv, type Environment } from '../../../../src/platform/config/env.js';
import { unknownNames } from '../../../../src/platform/config/read-settings.js';
import { problemsOf, readEnvironment, STORED_SECRETS } from '../../../support/read-environment.js';

const CONTEXT = { version: '1.2.3', sourceTypes: SOURCE_TYPES };
const S3: Environment = {
  KOHAKU_HUB_STORAGE: 's3',
  KOHAKU_HUB_S3_BUCKET: 'hub',
  KOHAKU_HUB_S3_ACCESS_KEY: 'AKID',
  KOHAKU_HUB_S3_SECRET_KEY: 'hidden-key',
};

describe('parseEnv', () => {
  it('returns the defaults for an empty environment', () => {
    expect(readEnvironment()).toEqual({
      version: '1.2.3',
      buildCommit: 'unknown',
      port: 8080,
      host: '0.0.0.0',
      baseUrls: [],
      trustedProxies: [],
      hsts: true,
      siteName: 'Hubfall',
      remoteImages: 'all',
      dataDir: './data',
      databaseUrl: undefined,
      redisUrl: undefined,
      redisTimeoutMs: 100,
      metrics: { enabled: true, token: undefined },
      shutdown: { delayMs: 0, timeoutMs: 25_000 },
      newSecretKey: undefined,
      isSecretKeyGenerated: true,
      admin: { enabled: true, token: 'stored-admin-token', isTokenGenerated: true },
      signIn: { password: true, providers: [] },
      secretKeys: ['stored-secret-key-000'],
      fallback: {
        enabled: true,
        cacheTtlSeconds: 300,
        cacheMaxSize: 10_000,
        negativeTtlSeconds: 15,
        timeoutMs: 10_000,
        metadataCache: true,
        freshSeconds: 60,
        staleSeconds: 604_800,
        offline: false,
        deadlineMs: 20_000,
        tokenCheckHours: 6,
        hedgeMs: 250,
        maxConcurrent: 5,
        requireAuth: false,
        reservedNamespaces: [],
        reserveLocalNamespaces: false,
        namespaceGuard: 'on',
        allowPrivateNetworks: false,
        sources: undefined,
      },
      proxy: { http: undefined, https: undefined, no: [] },
      certificateAuthorities: undefined,
      clients: {
        idleMs: 60_000,
        maxRequests: 500,
        maxConnections: 2000,
        maxStreams: 250,
        memoryBytes: expect.any(Number),
      },
      lfsPartSize: 100_000_000,
      audit: { downloads: true, days: 400, downloadDays: 90 },
      limits: {
        quota: {
          user: { bytes: undefined, repositories: undefined },
          organization: { bytes: undefined, repositories: undefined },
        },
        contentCache: 100_000_000_000,
        keptReplies: 1_000_000_000,
        maxFileSize: 500_000_000_000,
        minFreeDisk: 1_000_000_000,
      },
      s3: undefined,
      registration: 'open',
      trustedIssuers: ['https://token.actions.githubusercontent.com', 'https://gitlab.com'],
      rateLimitFactor: 1,
      databasePoolSize: 10,
      startup: { timeoutMs: 60_000, optionalMs: 10_000 },
      xet: { reads: true, threshold: 100_000_000, copyThreshold: 50_000_000_000 },
      tracing: { enabled: false, serviceName: 'hubfall', exporter: 'http/protobuf', variables: {} },
      log: { level: 'info', format: 'json' },
    });
  });

  it('treats empty variables as unset', () => {
    expect(readEnvironment({ PORT: '', KOHAKU_HUB_FALLBACK_SOURCES: ' ' })).toEqual(readEnvironment());
  });
});

describe('valid variables', () => {
  const SOURCE = { name: 'HF', url: 'https://hub.example.com/', source_type: 'huggingface', token: '' };

  it.each<[Environment, unknown]>([
    [{ PORT: '0' }, { port: 0 }],
    [{ KOHAKU_HUB_BASE_URL: 'https://Hub.example.com/path/' }, { baseUrls: ['https://hub.example.com/path'] }],
    [
      { KOHAKU_HUB_BASE_URL: 'https://hub.example.com/tools/hub, http://hub.svc:8080/' },
      { baseUrls: ['https://hub.example.com/tools/hub', 'http://hub.svc:8080'] },
    ],
    [{ KOHAKU_HUB_ADMIN_ENABLED: 'No' }, { admin: { enabled: false } }],
    [
      { KOHAKU_HUB_ADMIN_SECRET_TOKEN: 'my-own-token' },
      { admin: { token: 'my-own-token' }, secretKeys: [STORED_SECRETS.secretKey] },
    ],
    [{ KOHAKU_HUB_FALLBACK_TIMEOUT: '0.25' }, { fallback: { timeoutMs: 250 } }],
    [
      { KOHAKU_HUB_FALLBACK_RESERVED_NAMESPACES: 'acme, acme-*' },
      { fallback: { reservedNamespaces: ['acme', 'acme-*'] } },
    ],
    [
      { KOHAKU_HUB_TRUSTED_PROXIES: '10.0.0.5, 10.1.0.0/16,fd00::/8 ,' },
      { trustedProxies: ['10.0.0.5', '10.1.0.0/16', 'fd00::/8'] },
    ],
    [{ KOHAKU_HUB_HSTS: 'off' }, { hsts: false }],
    [{ KOHAKU_HUB_FALLBACK_SOURCES: '[]' }, { fallback: { sources: [] } }],
    [
      { KOHAKU_HUB_FALLBACK_SOURCES: JSON.stringify([SOURCE]) },
      { fallback: { sources: [{ ...SOURCE, url: 'https://hub.example.com', token: null, priority: 100 }] } },
    ],
    [
      { KOHAKU_HUB_STORAGE: 's3', KOHAKU_HUB_S3_BUCKET: 'hub' },
      { s3: { endpoint: undefined, publicEndpoint: undefined, bucket: 'hub', keys: undefined, forcePathStyle: true } },
    ],
    [
      { ...S3, KOHAKU_HUB_S3_ENDPOINT: 'http://minio:9000/', KOHAKU_HUB_S3_FORCE_PATH_STYLE: 'false' },
      {
        s3: {
          endpoint: 'http://minio:9000',
          region: 'us-east-1',
          forcePathStyle: false,
          keys: { accessKeyId: 'AKID', secretAccessKey: 'hidden-key' },
        },
      },
    ],
    [{ ...S3, KOHAKU_HUB_STORAGE: 'fs' }, { s3: undefined }],
    [S3, { xet: { threshold: 100_000_000 } }],
    [{ ...S3, KOHAKU_HUB_S3_PUBLIC_ENDPOINT: 'https://s3.example.com' }, { xet: { threshold: 50_000_000_000 } }],
    [{ KOHAKU_HUB_XET_THRESHOLD: '1GB' }, { xet: { threshold: 1_000_000_000 } }],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://otel:4318' }, { tracing: { enabled: true } }],
    [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://otel:4318/x' }, { tracing: { enabled: true } }],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://otel', OTEL_SDK_DISABLED: 'true' }, { tracing: { enabled: false } }],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://otel', OTEL_TRACES_EXPORTER: 'none' }, { tracing: { enabled: false } }],
    [{ OTEL_TRACES_EXPORTER: 'console', OTEL_SERVICE_NAME: 'hub' }, { tracing: { enabled: true, serviceName: 'hub' } }],
    [{ LOG_LEVEL: 'DEBUG', LOG_FORMAT: 'pretty' }, { log: { level: 'debug', format: 'pretty' } }],
  ])('are parsed: %j', (env, config) => {
    expect(readEnvironment(env)).toMatchObject(config as object);
  });

  it.each([
    ['new-key-0123456789,old-key-0123456789', ['new-key-0123456789', 'old-key-0123456789']],
    ['new-key-0123456789\nold-key-0123456789', ['new-key-0123456789', 'old-key-0123456789']],
    ['new-key-0123456789, old-key-0123456789,', ['new-key-0123456789', 'old-key-0123456789']],
    ['same-key-0123456789,same-key-0123456789', ['same-key-0123456789']],
  ])('may have several secret keys: %j', (text, keys) => {
    const found = readEnvironment({ KOHAKU_HUB_SECRET_KEY: text }).secretKeys;
    expect(found.filter((key) => !key.includes(','))).toEqual(keys);
  });

  it('still accept a secret key with a comma, which was one key in version 0.1.0', () => {
    const text = 'a-key-0123456789ab,with-a-comma-0123456789';
    expect(readEnvironment({ KOHAKU_HUB_SECRET_KEY: text }).secretKeys).toContain(text);
  });

  it.each(['new-key-0123456789,short', Array.from({ length: 6 }, (_, n) => `key-number-${n}-0123456789`).join(',')])(
    'must not have secret keys such as %s',
    (text) => {
      expect(() => readEnvironment({ KOHAKU_HUB_SECRET_KEY: text })).toThrow('KOHAKU_HUB_SECRET_KEY (value not shown)');
    },
  );

  it('make stored secrets unnecessary if they include both secrets', () => {
    const env = { KOHAKU_HUB_ADMIN_SECRET_TOKEN: 'my-own-token', KOHAKU_HUB_SECRET_KEY: 'my-own-key-0123456789' };
    const forbidden = (): never => {
      throw new Error('Stored secrets must not be read');
    };
    expect(parseEnv(env, { ...CONTEXT, secretsIn: forbidden }).secretKeys).toEqual(['my-own-key-0123456789']);
  });
});

describe('invalid variables', () => {
  const db = 'postgresql://user:hidden-password@db/hub';
  const key = 'a-long-enough-key';

  const invalid: [env: Environment, problems: string[]][] = [
    [{ PORT: '70000' }, ['PORT is "70000": expected a whole number from 0 to 65535']],
    [{ PORT: '80.5' }, ['PORT is "80.5": expected a whole number from 0 to 65535']],
    [{ KOHAKU_HUB_FALLBACK_ENABLED: 'maybe' }, ['KOHAKU_HUB_FALLBACK_ENABLED is "maybe": expected true or false']],
    [
      { KOHAKU_HUB_FALLBACK_DEADLINE: '-1' },
      [expect.stringMatching(/a number of seconds from 0.05 to 3600$/) as string],
    ],
    ...[
      'hub.example.com',
      'https://a@b/',
      'https://hub.example.com;http://hub',
      'https://hub.example.com, ftp://hub',
      'https://hub.example.com/a;b',
      'https://hub.example.com/"onload="',
    ].map((value): [Environment, string[]] => [
      { KOHAKU_HUB_BASE_URL: value },
      [expect.stringMatching(/^KOHAKU_HUB_BASE_URL is .*comma-separated HTTP or HTTPS URLs without user/) as string],
    ]),
    ...['proxy.local', '10.0.0.0/0', '10.0.0.0/33', 'fd00::/129', '10/8', '10.0.0.1/', 'true'].map(
      (value): [Environment, string[]] => [
        { KOHAKU_HUB_TRUSTED_PROXIES: value },
        [expect.stringMatching(/^KOHAKU_HUB_TRUSTED_PROXIES is .*: expected comma-separated IP addresses/) as string],
      ],
    ),
    [{ LOG_LEVEL: 'loud' }, [expect.stringMatching(/^LOG_LEVEL is "loud": expected one of fatal, error/) as string]],
    [{ KOHAKU_HUB_SITE_NAME: 'a\nb' }, [expect.stringMatching(/printable/) as string]],
    [{ KOHAKU_HUB_DATABASE_URL: db }, [expect.stringMatching(/^KOHAKU_HUB_SECRET_KEY must be set if/) as string]],
    [{ KOHAKU_HUB_DATABASE_URL: db, KOHAKU_HUB_SECRET_KEY: key }, []],
    [
      { KOHAKU_HUB_DATABASE_URL: 'mysql://u:hidden-password@db/x', KOHAKU_HUB_SECRET_KEY: key },
      ['KOHAKU_HUB_DATABASE_URL (value not shown): expected a URL beginning with postgresql:// or postgres://'],
    ],
    [{ KOHAKU_HUB_REDIS_URL: 'rediss://:hidden-password@redis:6380/1' }, []],
    [
      { KOHAKU_HUB_REDIS_URL: 'redis.example.com:6379' },
      ['KOHAKU_HUB_REDIS_URL (value not shown): expected a URL beginning with redis:// or rediss://'],
    ],
    [
      { KOHAKU_HUB_ADMIN_SECRET_TOKEN: 'change-me-in-production' },
      ['KOHAKU_HUB_ADMIN_SECRET_TOKEN (value not shown): expected a secret other than the published example'],
    ],
    [
      { KOHAKU_HUB_FALLBACK_SOURCES: '[{"token": "hf_hidden",' },
      [expect.stringMatching(/^KOHAKU_HUB_FALLBACK_SOURCES \(value not shown\): expected a JSON list/) as string],
    ],
    [
      { KOHAKU_HUB_FALLBACK_SOURCES: '[{"url": "ftp://x", "source_type": "huggingface"}, 7]' },
      [expect.stringContaining(': 0.url: Must') as string, expect.stringContaining(': 1: Must') as string],
    ],
    [{ KOHAKU_HUB_STORAGE: 'tape' }, ['KOHAKU_HUB_STORAGE is "tape": expected one of fs, s3']],
    [
      { ...S3, KOHAKU_HUB_S3_BUCKET: '', KOHAKU_HUB_S3_ACCESS_KEY: '' },
      [
        'KOHAKU_HUB_S3_BUCKET must be set if KOHAKU_HUB_STORAGE is s3',
        'KOHAKU_HUB_S3_ACCESS_KEY must be set if KOHAKU_HUB_S3_SECRET_KEY is set',
      ],
    ],
    [
      { ...S3, KOHAKU_HUB_S3_SECRET_KEY: '' },
      ['KOHAKU_HUB_S3_SECRET_KEY must be set if KOHAKU_HUB_S3_ACCESS_KEY is set'],
    ],
    [
      { ...S3, KOHAKU_HUB_S3_ENDPOINT: 'minio:9000', KOHAKU_HUB_S3_BUCKET: 'My_Bucket' },
      [
        expect.stringMatching(/ENDPOINT.*HTTP or HTTPS URL/) as string,
        expect.stringMatching(/BUCKET.*3 to 63/) as string,
      ],
    ],
  ];

  it('are reported with what is expected', () => {
    expect(invalid.map(([env]) => [env, problemsOf(env)])).toEqual(invalid);
  });

  it('are reported all at once, without secrets', () => {
    const env = {
      PORT: 'x',
      HOST: '\u0000',
      KOHAKU_HUB_SECRET_KEY: 'hidden',
      KOHAKU_HUB_FALLBACK_SOURCES: '{"token":"hidden"}',
    };
    expect(() => readEnvironment(env)).toThrow(
      /^Invalid environment:\n {2}- PORT.*\n {2}- HOST.*\n {2}- KOHAKU.*\n {2}- KOHAKU/,
    );
    expect(problemsOf(env).join()).not.toContain('hidden');
  });

  it('include unknown names with the prefix of the hub', () => {
    expect(unknownNames({ PATH: '/', KOHAKU_HUB_BASE_URL: '', KOHAKU_HUB_BASEURL: '' })).toEqual([
      'KOHAKU_HUB_BASEURL',
    ]);
  });
});
