import { Injectable } from '@nestjs/common';
import type { Source } from '../../domain/source.js';

/** A decrypted token and the source URL that it was given for. */
export interface SourceToken {
  readonly url: string;
  readonly token: string;
}

/** The decrypted tokens of the sources, by source key. Nothing but `UpstreamClient` and the connection test reads them. */
@Injectable()
export class SourceTokens {
  private stored = new Map<string, SourceToken>();
  private readonly lent = new Map<string, SourceToken>();

  /** The token for exactly this source: one that was given for another URL, before or after a change, is not for it. */
  get({ key, url }: Pick<Source, 'key' | 'url'>): string | undefined {
    const found = this.lent.get(key) ?? this.stored.get(key);
    return found?.url === url ? found.token : undefined;
  }

  /** Puts these in place of all stored tokens. */
  replaceAll(entries: Iterable<readonly [key: string, token: SourceToken]>): void {
    this.stored = new Map(entries);
  }

  /** Keeps the token of a draft source until the returned function is called. */
  lend({ key, url }: Pick<Source, 'key' | 'url'>, token: string): () => void {
    this.lent.set(key, { url, token });
    return () => void this.lent.delete(key);
  }
}
