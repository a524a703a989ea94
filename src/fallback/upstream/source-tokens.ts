import { scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import { Injectable } from '@nestjs/common';
import type { Source, SourceSecrets } from '../../domain/source.js';

/** Decrypted credentials, and the source URL that they belong to. */
export interface SourceCredentials {
  readonly url: string;
  readonly secrets: SourceSecrets;
}

const derive = promisify<string, string, number, Buffer>(scrypt);

const NO_CREDENTIALS = Promise.resolve('');
const MAX_GENERATIONS = 1000;

const NONE: SourceSecrets = Object.freeze({});

/** The decrypted credentials by source key. Only `UpstreamClient`, the connection test and the checks of tokens read them. */
@Injectable()
export class SourceTokens {
  private stored = new Map<string, SourceCredentials>();
  private readonly temporary = new Map<string, SourceCredentials>();
  private readonly generations = new Map<string, Promise<string>>();

  /** The credentials of a source. Credentials that belong to another URL, for example during a change, are not returned. */
  secretsOf({ key, url }: Pick<Source, 'key' | 'url'>): SourceSecrets {
    const entry = this.temporary.get(key) ?? this.stored.get(key);
    return entry?.url === url ? entry.secrets : NONE;
  }

  /** The token of a source. */
  get(source: Pick<Source, 'key' | 'url'>): string | undefined {
    return this.secretsOf(source).token;
  }

  /**
   * Identifies the credentials of a source, so that what was received with others is not used. It is stored as part of a hash. As passwords can be short, it is
   * derived slowly, once per change.
   */
  generationOf(source: Pick<Source, 'key' | 'url'>): Promise<string> {
    const secrets = this.secretsOf(source);
    if (Object.keys(secrets).length === 0) return NO_CREDENTIALS;
    const text = JSON.stringify([source.url, secrets]);
    let generation = this.generations.get(text);
    if (!generation) {
      if (this.generations.size >= MAX_GENERATIONS) this.generations.clear();
      generation = derive(text, `hubfall ${source.url}`, 32).then((hash) => hash.toString('hex'));
      this.generations.set(text, generation);
    }
    return generation;
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
