/** How a file of this source reaches the caller: the source's own URL, or streamed through us. */
export const DELIVERIES = ['redirect', 'proxy'] as const;
export type Delivery = (typeof DELIVERIES)[number];

/** What a source that cannot answer means for the ones after it. */
export const ON_ERRORS = ['next', 'fail'] as const;
export type OnError = (typeof ON_ERRORS)[number];

/** A configured external hub. Its token is not here: only `UpstreamClient` ever holds one. */
export interface Source {
  /** Stable for as long as the source exists: `db:7` for a row, `env:2` for the second of the environment's list. */
  readonly key: string;
  readonly name: string;
  /** http(s) base URL without trailing slash, credentials, query or fragment. */
  readonly url: string;
  /** The `type` of one of the strategies (`fallback/strategies/strategies.ts`). */
  readonly type: string;
  /** 1 to 10000; the lower is asked first. */
  readonly priority: number;
  /** Empty: for all. Otherwise only for repositories and accounts of this namespace. */
  readonly namespace: string;
  readonly enabled: boolean;
  readonly requireAuth: boolean;
  readonly delivery: Delivery;
  readonly onError: OnError;
  /** Glob patterns over `ns/name` or `type:ns/name`; empty: everything. */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly hasToken: boolean;
}

/** A source as people write it: in the environment's list, in the admin API, in an import file. Checked and complete. */
export interface SourceSetting {
  readonly name: string;
  readonly url: string;
  readonly source_type: string;
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
