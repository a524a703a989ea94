import { Injectable } from '@nestjs/common';
import type { Source } from '../../domain/source.js';

/** A decrypted token, and the source URL that it belongs to. */
export interface SourceToken {
  readonly url: string;
  readonly token: string;
}

/** The decrypted tokens by source key. Only `UpstreamClient` and the connection test read them. */
@Injectable()
export class SourceTokens {
  private stored = new Map<string, SourceToken>();
  private readonly temporary = new Map<string, SourceToken>();

  /** The token of a source. A token that belongs to another URL, for example during a change, is not returned. */
  get({ key, url }: Pick<Source, 'key' | 'url'>): string | undefined {
    const entry = this.temporary.get(key) ?? this.stored.get(key);
    return entry?.url === url ? entry.token : undefined;
  }

  /** Replaces all stored tokens. */
  replaceAll(entries: Iterable<readonly [key: string, token: SourceToken]>): void {
    this.stored = new Map(entries);
  }

  /** Adds the token of a draft source until the returned function is called. */
  addTemporarily({ key, url }: Pick<Source, 'key' | 'url'>, token: string): () => void {
    this.temporary.set(key, { url, token });
    return () => void this.temporary.delete(key);
  }
}
