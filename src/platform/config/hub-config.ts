import type { Delivery, OnError, SourceType } from '../../hub/language/source.js';

/** A source as people write it: in the environment's list, in the admin API, in an import file. Checked and complete. */
export interface SourceSetting {
  readonly name: string;
  readonly url: string;
  readonly source_type: SourceType;
  /** Absent: none was given. */
  readonly token?: string | null;
  readonly priority: number;
  readonly namespace: string;
  readonly enabled: boolean;
  readonly require_auth: boolean;
  readonly delivery: Delivery;
  readonly on_error: OnError;
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

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
  readonly admin: { readonly enabled: boolean; readonly token: string };
  /** Encrypts source tokens at rest and signs cursors. */
  readonly secretKey: string;
  readonly fallback: FallbackConfig;
  readonly proxy: { readonly http?: string; readonly https?: string; readonly no?: string };
  readonly log: { readonly level: string; readonly format: 'json' | 'pretty' };
}

/** Injection token of the checked configuration. */
export const HUB_CONFIG = Symbol('HubConfig');
