import type { SourceSetting } from '../../hub/language/source.js';

export type { SourceSetting } from '../../hub/language/source.js';

/** How fallback behaves; times in the units their names say. */
export interface FallbackConfig {
  readonly enabled: boolean;
  readonly cacheTtlSeconds: number;
  readonly cacheMaxSize: number;
  readonly negativeTtlSeconds: number;
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
  readonly admin: { readonly enabled: boolean; readonly token: string };
  /** Encrypts source tokens at rest and signs cursors. */
  readonly secretKey: string;
  /** Whether people may make accounts themselves. */
  readonly registration: 'open' | 'closed';
  /** Bytes above which a large file is uploaded in parts of this size. */
  readonly lfsPartSize: number;
  readonly fallback: FallbackConfig;
  readonly proxy: { readonly http?: string; readonly https?: string; readonly no?: string };
  readonly log: { readonly level: string; readonly format: 'json' | 'pretty' };
}

/** Injection token of the checked configuration. */
export const HUB_CONFIG = Symbol('HubConfig');
