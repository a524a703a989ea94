import type { SourceSetting } from '../../domain/source.js';

export type { SourceSetting } from '../../domain/source.js';

/** How fallback behaves; times in the units their names say. */
export interface FallbackConfig {
  readonly enabled: boolean;
  readonly cacheTtlSeconds: number;
  readonly cacheMaxSize: number;
  readonly negativeTtlSeconds: number;
  readonly metadataCache: boolean;
  readonly timeoutMs: number;
  readonly deadlineMs: number;
  readonly hedgeMs: number;
  readonly maxConcurrent: number;
  readonly requireAuth: boolean;
  readonly reservedNamespaces: readonly string[];
  readonly allowPrivateNetworks: boolean;
  /** Undefined when the variable is unset: then a first start creates the huggingface.co source. */
  readonly sources: readonly SourceSetting[] | undefined;
}

/** Where an S3 store is, and who the hub is there. */
export interface S3Config {
  /** Undefined: AWS. */
  readonly endpoint: string | undefined;
  /** The same store for clients; undefined: they do not reach it. */
  readonly publicEndpoint: string | undefined;
  readonly bucket: string;
  readonly region: string;
  /** Undefined: what the environment of the process offers (a machine's role). */
  readonly keys: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined;
  readonly forcePathStyle: boolean;
}

/** Everything the environment decides, checked once at start. */
export interface HubConfig {
  readonly version: string;
  /** A pseudonym of this instance in `Via`, the same for all replicas of one hub: derived from the secret key. */
  readonly instanceId: string;
  readonly port: number;
  readonly host: string;
  /** Public base of every absolute URL we write, without trailing slash. */
  readonly baseUrl: string;
  readonly siteName: string;
  readonly dataDir: string;
  readonly databaseUrl: string | undefined;
  /** What several replicas share besides the database; undefined: this is the only one. */
  readonly redisUrl: string | undefined;
  /** How long a request waits for Redis before it goes on without. */
  readonly redisTimeoutMs: number;
  readonly admin: { readonly enabled: boolean; readonly token: string };
  /** Encrypts source tokens at rest and signs cursors. */
  readonly secretKey: string;
  /** Is the secret key the data directory's, since the environment gives none? */
  readonly isKeyKept: boolean;
  /** What `rotate-key` changes to; undefined: not given. */
  readonly newSecretKey: string | undefined;
  /** Whether people may make accounts themselves. */
  readonly registration: 'open' | 'closed';
  /** Bytes above which a large file is uploaded in parts of this size. */
  readonly lfsPartSize: number;
  /** Undefined: bytes lie in the data directory. */
  readonly s3: S3Config | undefined;
  readonly fallback: FallbackConfig;
  readonly proxy: { readonly http?: string; readonly https?: string; readonly no?: string };
  /** How long a hub that is told to stop goes on, and how long what is in flight may take after that. */
  readonly shutdown: { readonly delayMs: number; readonly timeoutMs: number };
  /** Undefined token: whoever reaches the port may read the figures. */
  readonly metrics: { readonly enabled: boolean; readonly token: string | undefined };
  /** Whether OpenTelemetry is told of requests, and what the hub is called there; the rest its SDK reads itself. */
  readonly tracing: { readonly enabled: boolean; readonly serviceName: string };
  readonly log: { readonly level: string; readonly format: 'json' | 'pretty' };
}

/** Injection token of the checked configuration. */
export const HUB_CONFIG = Symbol('HubConfig');
