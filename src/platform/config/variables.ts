import * as parse from './parsers.js';
import { TRACING_VARIABLES } from './tracing-variables.js';
import { given, optional, secret, type Variable } from './variable.js';

/** Every variable the hub reads. `.env.example` shows the same list; a test compares them. */
export const VARIABLES = {
  port: given('PORT', '8080', parse.integer(0, 65535), 'Port to listen on'),
  host: given('HOST', '0.0.0.0', parse.printable(1, 255), 'Address to listen on'),
  baseUrl: optional(
    'KOHAKU_HUB_BASE_URL',
    parse.baseUrl,
    'Public base of every absolute URL the hub writes; may have a path that the proxy in front takes off. Unset: http://localhost:$PORT',
  ),
  siteName: given('KOHAKU_HUB_SITE_NAME', 'Hubfall', parse.printable(1, 100), 'Name shown to people'),
  dataDir: given(
    'KOHAKU_HUB_DATA_DIR',
    './data',
    parse.printable(1, 4000),
    'Embedded database, files, generated secrets',
  ),
  databaseUrl: secret(
    'KOHAKU_HUB_DATABASE_URL',
    parse.urlOf('postgresql', 'postgres'),
    'PostgreSQL to use, postgresql://user:password@host/database. Unset: an embedded one in the data directory',
  ),
  redisUrl: secret(
    'KOHAKU_HUB_REDIS_URL',
    parse.urlOf('redis', 'rediss'),
    'Redis that all replicas of this hub share, redis://user:password@host:6379/0, rediss:// with TLS. Unset: this process is the only one',
  ),
  redisTimeout: given(
    'KOHAKU_HUB_REDIS_TIMEOUT',
    '0.1',
    parse.secondsAsMs(0.01, 10),
    'Seconds that a request waits for Redis before it goes on without',
  ),
  adminEnabled: given('KOHAKU_HUB_ADMIN_ENABLED', 'true', parse.yesOrNo, 'Whether the admin API answers'),
  adminToken: secret(
    'KOHAKU_HUB_ADMIN_SECRET_TOKEN',
    parse.secret(8),
    'What X-Admin-Token must be. Unset: generated once and kept in the data directory',
  ),
  secretKey: secret(
    'KOHAKU_HUB_SECRET_KEY',
    parse.secret(16),
    'Encrypts source tokens at rest and signs cursors. Unset: generated once and kept in the data directory; required with KOHAKU_HUB_DATABASE_URL',
  ),
  newSecretKey: secret(
    'KOHAKU_HUB_NEW_SECRET_KEY',
    parse.secret(16),
    'The key that the command rotate-key changes to; a hub that serves does not read it. Unset: generated, where the old one was',
  ),
  registration: given(
    'KOHAKU_HUB_REGISTRATION',
    'open',
    parse.oneOf('open', 'closed'),
    'Whether people may make accounts themselves; closed: the administrator makes them',
  ),
  lfsPartSize: given(
    'KOHAKU_HUB_LFS_PART_SIZE',
    '100000000',
    parse.integer(1024, 5_000_000_000),
    'Bytes above which a large file is uploaded in parts of this size, by clients that can',
  ),
  storage: given(
    'KOHAKU_HUB_STORAGE',
    'fs',
    parse.oneOf('fs', 's3'),
    'Where the bytes of files lie: fs, in the data directory, or s3, in a bucket that all replicas share',
  ),
  s3Endpoint: optional(
    'KOHAKU_HUB_S3_ENDPOINT',
    parse.baseUrl,
    'The S3 server, http://minio:9000 or the like. Unset: AWS, in the region below',
  ),
  s3PublicEndpoint: optional(
    'KOHAKU_HUB_S3_PUBLIC_ENDPOINT',
    parse.baseUrl,
    "The same server as clients reach it. On another host than the hub's, large files go straight to and from it; unset, or on the hub's own host: through the hub",
  ),
  s3Bucket: optional('KOHAKU_HUB_S3_BUCKET', parse.bucket, "The bucket; it has to be there, and is the hub's alone"),
  s3Region: given('KOHAKU_HUB_S3_REGION', 'us-east-1', parse.printable(1, 100), "The bucket's region"),
  s3AccessKey: optional(
    'KOHAKU_HUB_S3_ACCESS_KEY',
    parse.secret(3),
    "Access key. Unset: what AWS's own tools would use here, such as the role of the machine",
  ),
  s3SecretKey: secret('KOHAKU_HUB_S3_SECRET_KEY', parse.secret(8), 'Secret key, set together with the access key'),
  s3ForcePathStyle: given(
    'KOHAKU_HUB_S3_FORCE_PATH_STYLE',
    'true',
    parse.yesOrNo,
    'Whether the bucket is named in the path (most servers) or in the host name',
  ),
  fallbackEnabled: given('KOHAKU_HUB_FALLBACK_ENABLED', 'true', parse.yesOrNo, 'Whether sources are asked at all'),
  cacheTtl: given(
    'KOHAKU_HUB_FALLBACK_CACHE_TTL',
    '300',
    parse.seconds(0, 2_592_000),
    'Seconds that a repository stays bound to its source',
  ),
  cacheMaxSize: given('KOHAKU_HUB_FALLBACK_CACHE_MAX_SIZE', '10000', parse.integer(1, 10_000_000), 'Bindings kept'),
  negativeTtl: given(
    'KOHAKU_HUB_FALLBACK_NEGATIVE_TTL',
    '15',
    parse.seconds(0, 86_400),
    'Seconds that "every source said not found" is remembered; 0: not at all',
  ),
  metadataCache: given(
    'KOHAKU_HUB_FALLBACK_METADATA_CACHE',
    'true',
    parse.yesOrNo,
    'Whether what a source said about a commit, which never changes, is remembered for a day',
  ),
  timeout: given(
    'KOHAKU_HUB_FALLBACK_TIMEOUT',
    '10',
    parse.secondsAsMs(0.05, 600),
    "Seconds until a source's headers must be there",
  ),
  deadline: given(
    'KOHAKU_HUB_FALLBACK_DEADLINE',
    '20',
    parse.secondsAsMs(0.05, 3600),
    'Seconds for a whole chain of sources',
  ),
  hedge: given(
    'KOHAKU_HUB_FALLBACK_HEDGE_MS',
    '250',
    parse.integer(0, 600_000),
    'Milliseconds of silence after which the next source is asked as well; 0: strictly one by one',
  ),
  maxConcurrent: given(
    'KOHAKU_HUB_FALLBACK_MAX_CONCURRENT',
    '5',
    parse.integer(1, 100),
    'Sources asked at the same time for one question',
  ),
  requireAuth: given(
    'KOHAKU_HUB_FALLBACK_REQUIRE_AUTH',
    'false',
    parse.yesOrNo,
    'Whether only signed-in callers reach any source',
  ),
  reservedNamespaces: given(
    'KOHAKU_HUB_FALLBACK_RESERVED_NAMESPACES',
    '',
    parse.namespaceGlobs,
    'Namespaces that are ours alone (acme,acme-*): no question about them ever leaves the hub. The administrator can reserve single accounts too',
  ),
  allowPrivateNetworks: given(
    'KOHAKU_HUB_FALLBACK_ALLOW_PRIVATE_NETWORKS',
    'false',
    parse.yesOrNo,
    "Whether hosts that a source names (redirects, avatars) may be private addresses; a source's own host always may",
  ),
  sources: secret(
    'KOHAKU_HUB_FALLBACK_SOURCES',
    parse.sourceList,
    'JSON list of sources, read-only for the admin. Unset: a first start on the embedded database adds huggingface.co',
  ),
  httpProxy: secret('HTTP_PROXY', parse.urlOf('http', 'https'), 'Proxy for outbound http requests'),
  httpsProxy: secret('HTTPS_PROXY', parse.urlOf('http', 'https'), 'Proxy for outbound https requests'),
  noProxy: optional(
    'NO_PROXY',
    parse.printable(1, 4000),
    'Hosts that are asked without the proxy, separated by commas',
  ),
  shutdownDelay: given(
    'KOHAKU_HUB_SHUTDOWN_DELAY',
    '0',
    parse.secondsAsMs(0, 600),
    'Seconds that a hub which is told to stop goes on taking requests, not ready any more, until balancers have noticed',
  ),
  shutdownTimeout: given(
    'KOHAKU_HUB_SHUTDOWN_TIMEOUT',
    '25',
    parse.secondsAsMs(0, 86_400),
    'Seconds that downloads and uploads may take to end after that',
  ),
  metricsEnabled: given('KOHAKU_HUB_METRICS_ENABLED', 'true', parse.yesOrNo, 'Whether /metrics answers'),
  metricsToken: secret(
    'KOHAKU_HUB_METRICS_TOKEN',
    parse.secret(16),
    'What Prometheus must bring to /metrics (Authorization: Bearer). Unset: whoever reaches the port may read it; it names sources, never repositories or people',
  ),
  logLevel: given(
    'LOG_LEVEL',
    'info',
    parse.oneOf('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'),
    'What is logged',
  ),
  logFormat: given(
    'LOG_FORMAT',
    'json',
    parse.oneOf('json', 'pretty'),
    'How it is logged; on a terminal the default is pretty',
  ),
  ...TRACING_VARIABLES,
};

/** The parsed values, by the names above. */
export type Settings = {
  readonly [K in keyof typeof VARIABLES]: (typeof VARIABLES)[K] extends Variable<infer T> ? T : never;
};
