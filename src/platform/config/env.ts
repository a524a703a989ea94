import { accountsOf } from './account-variables.js';
import { pagesOf } from './page-variables.js';
import { checkSourceField } from '../../domain/check-source.js';
import { allAuthorities } from './certificate-authorities.js';
import type { HubConfig } from './hub-config.js';
import { oidcOf, oidcProblems } from './oidc-settings.js';
import { readSettings } from './read-settings.js';
import type { Secrets } from './secrets.js';
import { storedSecretKeys } from './secret-key-list.js';
import type { Environment } from './variable.js';
import { clientLimitsOf } from './client-limits.js';
import { storageConfigOf } from './storage-config.js';
import { VARIABLES, type Settings } from './variables.js';

export type { Environment } from './variable.js';

/** The environment is invalid. The message lists all problems. */
export class InvalidEnvironmentError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(`Invalid environment:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'InvalidEnvironmentError';
  }
}

/** Replicas on one database must have the same key. If each generated its own, it could not decrypt the tokens stored by the others. */
const keyProblems = (settings: Settings): string[] =>
  settings.databaseUrl !== undefined && settings.secretKeys === undefined
    ? ['KOHAKU_HUB_SECRET_KEY must be set if KOHAKU_HUB_DATABASE_URL is set. Use the same key for all replicas.']
    : [];

/** S3 storage requires the name of the bucket, and both keys or none. */
/** A hub without Redis or its bucket is better than none, so it does not wait for them as long as for the database. */
const MAX_OPTIONAL_WAIT_MS = 10_000;

const startupOf = ({ startupTimeout: timeoutMs }: Settings): HubConfig['startup'] => ({
  timeoutMs,
  optionalMs: Math.min(timeoutMs, MAX_OPTIONAL_WAIT_MS),
});

const s3Problems = ({ storage, s3Bucket, s3AccessKey, s3SecretKey }: Settings): string[] => {
  if (storage !== 's3') return [];
  const [set, unset] =
    s3AccessKey === undefined
      ? ['KOHAKU_HUB_S3_SECRET_KEY', 'KOHAKU_HUB_S3_ACCESS_KEY']
      : ['KOHAKU_HUB_S3_ACCESS_KEY', 'KOHAKU_HUB_S3_SECRET_KEY'];
  return [
    ...(s3Bucket === undefined ? ['KOHAKU_HUB_S3_BUCKET must be set if KOHAKU_HUB_STORAGE is s3'] : []),
    ...((s3AccessKey === undefined) === (s3SecretKey === undefined) ? [] : [`${unset} must be set if ${set} is set`]),
  ];
};

const s3Of = (settings: Settings, certificateAuthorities: HubConfig['certificateAuthorities']): HubConfig['s3'] => {
  const { storage, s3Bucket: bucket, s3AccessKey: accessKeyId, s3SecretKey: secretAccessKey } = settings;
  if (storage !== 's3' || bucket === undefined) return undefined;
  return {
    endpoint: settings.s3Endpoint,
    publicEndpoint: settings.s3PublicEndpoint,
    bucket,
    region: settings.s3Region,
    keys: accessKeyId && secretAccessKey ? { accessKeyId, secretAccessKey } : undefined,
    forcePathStyle: settings.s3ForcePathStyle,
    timeoutMs: settings.s3Timeout,
    certificateAuthorities,
  };
};

/** Tracing is enabled by an endpoint or an exporter. */
const tracingOf = (settings: Settings, env: Environment): HubConfig['tracing'] => {
  const { otelDisabled, tracesExporter, tracesEndpoint, otlpEndpoint, otlpHeaders, serviceName } = settings;
  const isRequested = tracesExporter ? tracesExporter !== 'none' : (tracesEndpoint ?? otlpEndpoint) !== undefined;
  const exporter = tracesExporter === 'console' ? 'console' : settings.otlpProtocol;
  const given = [
    [VARIABLES.tracesEndpoint.name, tracesEndpoint],
    [VARIABLES.otlpEndpoint.name, otlpEndpoint],
    [VARIABLES.otlpHeaders.name, otlpHeaders],
  ] as const;
  const fromFiles = given.filter(([name, value]) => value !== undefined && !env[name]?.trim());
  const variables = Object.fromEntries(fromFiles) as Record<string, string>;
  return { enabled: isRequested && !otelDisabled, serviceName, exporter, variables };
};

const proxyOf = ({ httpProxy, httpsProxy, allProxy, noProxy = [] }: Settings): HubConfig['proxy'] => {
  const all = allProxy && { ...allProxy, variable: 'ALL_PROXY' };
  return {
    http: httpProxy ? { ...httpProxy, variable: 'HTTP_PROXY' } : all,
    https: httpsProxy ? { ...httpsProxy, variable: 'HTTPS_PROXY' } : all,
    no: noProxy,
  };
};

const fallbackOf = (settings: Settings): HubConfig['fallback'] => ({
  enabled: settings.fallbackEnabled,
  cacheTtlSeconds: settings.cacheTtl,
  cacheMaxSize: settings.cacheMaxSize,
  negativeTtlSeconds: settings.negativeTtl,
  metadataCache: settings.metadataCache,
  freshSeconds: settings.freshSeconds,
  staleSeconds: settings.staleSeconds,
  offline: settings.offline,
  timeoutMs: settings.timeout,
  deadlineMs: settings.deadline,
  hedgeMs: settings.hedge,
  maxConcurrent: settings.maxConcurrent,
  tokenCheckHours: settings.tokenCheckHours,
  requireAuth: settings.requireAuth,
  reservedNamespaces: settings.reservedNamespaces,
  reserveLocalNamespaces: settings.reserveLocalNamespaces,
  namespaceGuard: settings.namespaceGuard,
  allowPrivateNetworks: settings.allowPrivateNetworks,
  sources: settings.sources,
});

const adminOf = ({ adminEnabled: enabled, adminToken }: Settings, secrets: Pick<Secrets, 'adminToken'>) => ({
  enabled,
  token: adminToken ?? secrets.adminToken,
  isTokenGenerated: adminToken === undefined,
});

const keysOf = ({ secretKeys, newSecretKey }: Settings, secrets: Pick<Secrets, 'secretKey'>) => ({
  secretKeys: secretKeys ?? storedSecretKeys(secrets.secretKey),
  isSecretKeyGenerated: secretKeys === undefined,
  newSecretKey,
});

/** Source types are defined by the strategies, which the configuration must not import. */
const sourceTypeProblems = ({ sources }: Settings, types: readonly string[]): string[] =>
  (Array.isArray(sources) ? sources : []).flatMap(({ source_type }, position) => {
    const problem = checkSourceField('source_type', source_type, types);
    return problem ? [`${VARIABLES.sources.name} (value not shown): ${position}.source_type: ${problem}`] : [];
  });

/** Inputs of the configuration other than the environment. */
export interface ConfigContext {
  readonly version: string;
  /** The source types that have a strategy. */
  readonly sourceTypes: readonly string[];
  /** Reads or generates the secrets of a data directory; called only when the environment is valid and does not set them. */
  readonly secretsIn: (dataDir: string) => Secrets;
}

/** @throws InvalidEnvironmentError with everything that is wrong with the environment */
function validSettings(env: Environment, sourceTypes: readonly string[]): Settings {
  const { settings, problems } = readSettings(env);
  const all = [
    ...problems,
    ...sourceTypeProblems(settings, sourceTypes),
    ...keyProblems(settings),
    ...s3Problems(settings),
    ...oidcProblems(settings),
  ];
  if (all.length > 0) throw new InvalidEnvironmentError(all);
  return settings;
}

/**
 * The configuration that an environment describes.
 * @throws InvalidEnvironmentError with everything that is wrong with the environment
 */
export function parseEnv(env: Environment, { version, sourceTypes, secretsIn }: ConfigContext): HubConfig {
  const settings = validSettings(env, sourceTypes);
  const { adminToken, secretKeys, furtherAuthorities } = settings;
  const secrets = adminToken && secretKeys ? { adminToken, secretKey: '' } : secretsIn(settings.dataDir);
  const certificateAuthorities = furtherAuthorities && allAuthorities(furtherAuthorities, env['NODE_EXTRA_CA_CERTS']);
  return {
    version,
    port: settings.port,
    host: settings.host,
    baseUrls: settings.baseUrls,
    trustedProxies: settings.trustedProxies,
    buildCommit: settings.buildCommit,
    hsts: settings.hsts,
    ...pagesOf(settings),
    dataDir: settings.dataDir,
    databaseUrl: settings.databaseUrl,
    redisUrl: settings.redisUrl,
    redisTimeoutMs: settings.redisTimeout,
    admin: adminOf(settings, secrets),
    signIn: oidcOf(settings),
    ...keysOf(settings, secrets),
    ...accountsOf(settings),
    rateLimitFactor: settings.rateLimitFactor,
    clients: clientLimitsOf(settings),
    lfsPartSize: settings.lfsPartSize,
    ...storageConfigOf(settings),
    s3: s3Of(settings, certificateAuthorities),
    fallback: fallbackOf(settings),
    proxy: proxyOf(settings),
    certificateAuthorities,
    startup: startupOf(settings),
    databasePoolSize: settings.databasePoolSize,
    shutdown: { delayMs: settings.shutdownDelay, timeoutMs: settings.shutdownTimeout },
    metrics: { enabled: settings.metricsEnabled, token: settings.metricsToken },
    tracing: tracingOf(settings, env),
    log: { level: settings.logLevel, format: settings.logFormat },
  };
}
