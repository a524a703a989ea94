import { Injectable } from '@nestjs/common';
import type { Source, SourceSecrets } from '../../domain/source.js';

/** Decrypted credentials, and the source URL that they belong to. */
export interface SourceCredentials {
  readonly url: string;
  readonly secrets: SourceSecrets;
}

const NONE: SourceSecrets = Object.freeze({});

/** The decrypted credentials by source key. Only `UpstreamClient`, the connection test and the checks of tokens read them. */
@Injectable()
export class SourceTokens {
  private stored = new Map<string, SourceCredentials>();
  private readonly temporary = new Map<string, SourceCredentials>();

  /** The credentials of a source. Credentials that belong to another URL, for example during a change, are not returned. */
  secretsOf({ key, url }: Pick<Source, 'key' | 'url'>): SourceSecrets {
    const entry = this.temporary.get(key) ?? this.stored.get(key);
    return entry?.url === url ? entry.secrets : NONE;
  }

  /** The token of a source. */
  get(source: Pick<Source, 'key' | 'url'>): string | undefined {
    return this.secretsOf(source).token;
  }

  /** Replaces all stored credentials. */
  replaceAll(entries: Iterable<readonly [key: string, credentials: SourceCredentials]>): void {
    this.stored = new Map(entries);
  }

  /** Adds the credentials of a draft source until the returned function is called. */
  addTemporarily({ key, url }: Pick<Source, 'key' | 'url'>, secrets: SourceSecrets): () => void {
    this.temporary.set(key, { url, secrets });
    return () => void this.temporary.delete(key);
  }
}
