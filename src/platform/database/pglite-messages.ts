/** How the thread starts the database. */
export interface ThreadSettings {
  readonly dataDir: string;
  /** Settings of PostgreSQL, `name=value`. */
  readonly postgresqlconf: readonly string[];
  /** Starts from PGlite's own initialized folder, because the data directory is empty. */
  readonly isNew: boolean;
}

/** A request to the thread of the database. Requests are executed in order. */
export type ThreadRequest = { readonly batch: Uint8Array } | { readonly command: 'rollback' | 'close' };

/** A message from the thread. The first one reports whether the database has started; `done` ends each further request. */
export interface ThreadReply {
  /** A piece of the response to a batch. */
  readonly data?: Uint8Array;
  readonly done?: true;
  /** Whether a transaction is open after the request. */
  readonly inTransaction?: boolean;
  /** The reason if the database did not start. */
  readonly failed?: string;
}
