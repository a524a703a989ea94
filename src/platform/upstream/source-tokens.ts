import { Injectable } from '@nestjs/common';

/** The decrypted tokens of the sources, by source key. Nothing but `UpstreamClient` and the connection test reads them. */
@Injectable()
export class SourceTokens {
  private tokens = new Map<string, string>();

  get(key: string): string | undefined {
    return this.tokens.get(key);
  }

  /** Puts these in place of all tokens known so far. */
  replaceAll(entries: Iterable<readonly [key: string, token: string]>): void {
    this.tokens = new Map(entries);
  }

  /** Keeps the token of a draft source until the returned function is called. */
  lend(key: string, token: string): () => void {
    this.tokens.set(key, token);
    return () => void this.tokens.delete(key);
  }
}
