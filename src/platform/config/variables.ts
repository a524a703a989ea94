import { ACCOUNT_VARIABLES } from './account-variables.js';
import { FALLBACK_VARIABLES } from './fallback-variables.js';
import * as parse from './parsers.js';
import { certificateFile } from './certificate-authorities.js';
import { AUDIT_VARIABLES } from './audit-variables.js';
import { LIMIT_VARIABLES } from './limit-variables.js';
import { QUOTA_VARIABLES } from './quota-variables.js';
import { secretKeyList } from './secret-key-list.js';
import { SIGN_IN_VARIABLES } from './sign-in-variables.js';
import { PROXY_VARIABLES } from './proxy-variables.js';
import { TRACING_VARIABLES } from './tracing-variables.js';
import { XET_VARIABLES } from './xet-variables.js';
import { optional, secret, withDefault, type Variable } from './variable.js';
import { PAGE_VARIABLES } from './page-variables.js';

const STORAGE_VARIABLES = {
  lfsPartSize: withDefault(
    'KOHAKU_HUB_LFS_PART_SIZE',
    '100000000',
    parse.integer(1024, 5_000_000_000),
    'Part size in bytes. Clients that support it upload larger files in parts of this size',
  ),
  storage: withDefault(
    'KOHAKU_HUB_STORAGE',
    'fs',
    parse.oneOf('fs', 's3'),
    'Where file contents are stored: fs in the data directory, s3 in a bucket that all replicas share',
  ),
  s3Endpoint: optional(
    'KOHAKU_HUB_S3_ENDPOINT',
    parse.baseUrl,
    'URL of the S3 server, such as http://minio:9000. Unset: AWS, in the region below',
  ),
  s3PublicEndpoint: optional(
    'KOHAKU_HUB_S3_PUBLIC_ENDPOINT',
    parse.baseUrl,
    "URL of the same S3 server for clients. If its host differs from the hub's, clients transfer large files directly to and from it. Unset, or the hub's own host: all transfers pass through the hub",
  ),
  s3Bucket: optional(
    'KOHAKU_HUB_S3_BUCKET',
    parse.bucket,
    'Name of the bucket. It must exist and must not be used by anything else',
  ),
  s3Region: withDefault('KOHAKU_HUB_S3_REGION', 'us-east-1', parse.printable(1, 100), 'Region of the bucket'),
  s3AccessKey: secret(
    'KOHAKU_HUB_S3_ACCESS_KEY',
    parse.secret(3),
    "Access key. Unset: AWS's default credentials, such as the role of the machine",
  ),
  s3SecretKey: secret('KOHAKU_HUB_S3_SECRET_KEY', parse.secret(8), 'Secret key. Required with the access key'),
  s3ForcePathStyle: withDefault(
    'KOHAKU_HUB_S3_FORCE_PATH_STYLE',
    'true',
    parse.boolean,
    'Whether the bucket name is in the path of S3 URLs (most servers) or in the host name',
  ),
  s3Timeout: withDefault(
    'KOHAKU_HUB_S3_TIMEOUT',
    '7',
    parse.secondsAsMs(0.1, 60),
    'Seconds until a response of the S3 server must begin. Requests that need the storage then get status 503',
  ),
};

/** All environment variables that the hub reads. `.env.example` lists the same; a test compares them. */
export const VARIABLES = {
  port: withDefault('PORT', '8080', parse.integer(0, 65535), 'Port to listen on'),
  host: withDefault('HOST', '0.0.0.0', parse.printable(1, 255), 'Address to listen on'),
  baseUrls: withDefault(
    'KOHAKU_HUB_BASE_URL',
    '',
    parse.hubUrls,
    'Public URL of the hub, the base of all URLs in responses; may include a path prefix stripped by the reverse proxy. Separate several URLs with commas: a client gets the one that it uses, otherwise the first. Unset: the address that each client uses',
  ),
  trustedProxies: withDefault(
    'KOHAKU_HUB_TRUSTED_PROXIES',
    '',
    parse.networks,
    'Comma-separated addresses and CIDRs of your reverse proxies, such as 10.0.0.5,10.1.0.0/16. Their headers X-Forwarded-For, -Proto, -Host, -Port and -Prefix, or Forwarded, describe the client and the URL that it uses',
  ),
  hsts: withDefault(
    'KOHAKU_HUB_HSTS',
    'true',
    parse.boolean,
    'Whether responses to clients that use https require browsers to use it for a year (Strict-Transport-Security)',
  ),
  ...PAGE_VARIABLES,
  dataDir: withDefault(
    'KOHAKU_HUB_DATA_DIR',
    './data',
    parse.printable(1, 4000),
    'Directory of the embedded database, files and generated secrets',
  ),
  databaseUrl: secret(
    'KOHAKU_HUB_DATABASE_URL',
    parse.urlOf('postgresql', 'postgres'),
    'PostgreSQL server, as postgresql://user:password@host/database. Unset: an embedded PostgreSQL in the data directory',
  ),
  databasePoolSize: withDefault(
    'KOHAKU_HUB_DATABASE_POOL_SIZE',
    '10',
    parse.integer(2, 1000),
    'Connections of each replica to the PostgreSQL server. Requests wait if all are in use, so few are enough. docs/operations.md has the sum of all replicas',
  ),
  redisUrl: secret(
    'KOHAKU_HUB_REDIS_URL',
    parse.urlOf('redis', 'rediss'),
    'Redis server shared by all replicas of this hub, as redis://user:password@host:6379/0; rediss:// for TLS. Unset: this process is the only replica',
  ),
  redisTimeout: withDefault(
    'KOHAKU_HUB_REDIS_TIMEOUT',
    '0.1',
    parse.secondsAsMs(0.01, 10),
    'Redis command timeout in seconds; on expiry the request proceeds without Redis',
  ),
  adminEnabled: withDefault('KOHAKU_HUB_ADMIN_ENABLED', 'true', parse.boolean, 'Whether the admin API is enabled'),
  adminToken: secret(
    'KOHAKU_HUB_ADMIN_SECRET_TOKEN',
    parse.secret(8),
    'Admin token, the value of the X-Admin-Token header, to set up the hub and for emergencies. Unset: generated at the first start and stored in the data directory',
  ),
  secretKeys: secret(
    'KOHAKU_HUB_SECRET_KEY',
    secretKeyList,
    'Key that encrypts stored credentials of sources and signs links and cursors. To rotate it, put the new key first, separated from the previous one by a comma, and see docs/operations.md. Unset: generated at the first start and stored in the data directory. Required with KOHAKU_HUB_DATABASE_URL',
  ),
  newSecretKey: secret(
    'KOHAKU_HUB_NEW_SECRET_KEY',
    parse.secret(16),
    'New secret key for the rotate-key command while the hub is stopped, ignored otherwise. Unset: generated if the current key was generated',
  ),
  ...ACCOUNT_VARIABLES,
  ...SIGN_IN_VARIABLES,
  rateLimitFactor: withDefault(
    'KOHAKU_HUB_RATE_LIMIT_FACTOR',
    '1',
    parse.factor(1000),
    'Factor of the numbers of requests per minute in docs/limits.md, such as 0.5. 0: no such limits',
  ),
  ...LIMIT_VARIABLES,
  ...STORAGE_VARIABLES,
  ...XET_VARIABLES,
  ...QUOTA_VARIABLES,
  ...AUDIT_VARIABLES,
  ...FALLBACK_VARIABLES,
  ...PROXY_VARIABLES,
  furtherAuthorities: optional(
    'KOHAKU_HUB_CA_FILE',
    certificateFile,
    'PEM file with further certificate authorities, which are trusted for sources, forward proxies, PostgreSQL, S3 and Redis like those of NODE_EXTRA_CA_CERTS',
  ),
  buildCommit: withDefault(
    'KOHAKU_HUB_BUILD_COMMIT',
    'unknown',
    parse.printable(1, 100),
    'Commit of this build, for the metric hubfall_build_info. The image sets it',
  ),
  startupTimeout: withDefault(
    'KOHAKU_HUB_STARTUP_TIMEOUT',
    '60',
    parse.secondsAsMs(0, 3600),
    'Seconds that the hub waits at startup for a database that is unreachable, before it exits. It waits for Redis and S3 for up to 10 of these seconds, and then starts without them',
  ),
  shutdownDelay: withDefault(
    'KOHAKU_HUB_SHUTDOWN_DELAY',
    '0',
    parse.secondsAsMs(0, 600),
    'Seconds between the stop signal and the shutdown. The hub is not ready, but still serves requests, until load balancers have noticed',
  ),
  shutdownTimeout: withDefault(
    'KOHAKU_HUB_SHUTDOWN_TIMEOUT',
    '25',
    parse.secondsAsMs(0, 86_400),
    'Seconds that running downloads and uploads may take to finish after that',
  ),
  metricsEnabled: withDefault('KOHAKU_HUB_METRICS_ENABLED', 'true', parse.boolean, 'Whether /metrics is enabled'),
  metricsToken: secret(
    'KOHAKU_HUB_METRICS_TOKEN',
    parse.secret(16),
    'Bearer token that Prometheus must send to /metrics. Unset: no token is required. Metrics include the names of sources, but not of repositories or users',
  ),
  logLevel: withDefault(
    'LOG_LEVEL',
    'info',
    parse.oneOf('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'),
    'Lowest level that is logged: fatal, error, warn, info, debug, trace or silent',
  ),
  logFormat: withDefault(
    'LOG_FORMAT',
    'json',
    parse.oneOf('json', 'pretty'),
    'Log format: json or pretty. The default on a terminal is pretty',
  ),
  ...TRACING_VARIABLES,
};

/** The parsed values of `VARIABLES`, by the same keys. */
export type Settings = {
  readonly [K in keyof typeof VARIABLES]: (typeof VARIABLES)[K] extends Variable<infer T> ? T : never;
};
