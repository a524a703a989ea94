/** The single session of the embedded database. Batches are executed one after another. */
export interface EmbeddedSession {
  /**
   * Executes a batch of messages of the PostgreSQL protocol.
   *
   * @param onData - receives the response in pieces
   * @returns whether a transaction is open afterwards
   * @throws Error if the database has crashed or is closed. Errors of statements are part of the response.
   */
  execute(batch: Uint8Array, onData: (data: Buffer) => void): Promise<boolean>;

  /** Rolls back the open transaction, if there is one. */
  rollback(): Promise<void>;

  /** Closes the database. */
  close(): Promise<void>;
}
