import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { QueryPairs } from '../../domain/query.js';
import { countOf, fieldsOf } from '../../domain/read-fields.js';
import { repoFullName, type RepoId } from '../../domain/repo-id.js';
import { nextPageUrl } from '../../domain/rewrite-link.js';
import type { Source } from '../../domain/source.js';
import { isXetHash } from '../../domain/xet-hash.js';
import type { RequestContext } from '../../fallback/resolver/fallback-request.js';
import { FallbackResolver } from '../../fallback/resolver/fallback.resolver.js';
import { XetModes } from '../../fallback/sources/xet-modes.service.js';
import { KeyedMutex } from '../../platform/async/keyed-mutex.js';
import { runInSteps } from '../../platform/async/run-in-steps.js';
import { cacheKeyOf } from '../content-cache/cache-key.js';
import { relayedId } from './relayed-ids.js';

/** Files that are kept for each source. */
const MAX_FILES = 100_000;
/** Pages of a list that are requested to find a file. huggingface.co has 1000 entries on a page. */
const MAX_PAGES = 100;
const KEPT_MS = 3_600_000;
/** Entries that are checked in one step. */
const STEP_LENGTH = 100;
const RECURSIVE: QueryPairs = [['recursive', 'true']];

/** A commit of a repository of a source. */
export interface SourceCommit {
  readonly source: Source;
  readonly repo: RepoId;
  readonly commit: string;
}

/** A file that a source offers over Xet and this hub relays. */
export interface OfferedFile {
  readonly path: string;
  readonly size: number;
  /** As the source reports it. */
  readonly hash: string;
}

/** The files of a commit that were listed so far. */
class Listing {
  /** By their ids (`relayedId`). */
  readonly files = new Map<string, OfferedFile>();
  /** The next page; undefined after the last one. */
  next: QueryPairs | undefined = RECURSIVE;
  pages = 0;
}

/**
 * Finds the file that an id stands for. Clients only send the id, from which the hash of the source cannot be read, and the token of a source may be valid
 * for more than the repository. So the hub finds it among the files of the commit. Lists of commits are cached, and clients mostly have requested the list before.
 */
@Injectable()
export class OfferedFiles {
  private readonly listings = new WeakMap<Source, LRUCache<string, Listing>>();
  private readonly pages = new KeyedMutex();

  constructor(
    private readonly resolver: FallbackResolver,
    private readonly modes: XetModes,
  ) {}

  /**
   * The file with this id, if it is relayed to clients.
   * @throws HubError the error of the source
   */
  async find(of: SourceCommit, id: string, context: RequestContext): Promise<OfferedFile | undefined> {
    const listing = this.listingOf(of);
    const key = keyOf(of);
    for (;;) {
      const file = listing.files.get(id);
      const { next } = listing;
      if (file || !next) return file;
      await this.pages.runExclusive(`${of.source.key} ${key}`, async () => {
        if (listing.next === next) await this.readPage(listing, of, context);
      });
    }
  }

  private async readPage(listing: Listing, of: SourceCommit, context: RequestContext): Promise<void> {
    const { source, repo, commit } = of;
    const operation = { kind: 'tree', repo, rest: [commit], query: listing.next! } as const;
    const { json, headers, hold } = await this.resolver.fetchFrom(source, { ...context, operation });
    hold?.claim()(); // only few values of the reply are kept
    await runInSteps(this.addFiles(listing, of, json as readonly unknown[]));
    listing.pages += 1;
    const next = nextPageUrl(headers['link'], source.url);
    listing.next = next && listing.pages < MAX_PAGES ? [...next.searchParams] : undefined;
  }

  private *addFiles(
    listing: Listing,
    { source, repo }: SourceCommit,
    entries: readonly unknown[],
  ): Generator<void, void> {
    const sourceKey = cacheKeyOf(source);
    for (const [n, entry] of entries.entries()) {
      if (n % STEP_LENGTH === STEP_LENGTH - 1) yield;
      const { path, size, lfs, xetHash: hash } = fieldsOf(entry);
      const bytes = countOf(fieldsOf(lfs)['size']) ?? countOf(size);
      if (!isXetHash(hash) || typeof path !== 'string' || bytes === undefined) continue;
      if (this.modes.modeOf(source, { repo, path, size: bytes }) === 'relay')
        listing.files.set(relayedId('file', sourceKey, hash), { path, size: bytes, hash });
    }
  }

  private listingOf(of: SourceCommit): Listing {
    let ofSource = this.listings.get(of.source);
    if (!ofSource) {
      const sizeCalculation = ({ files }: Listing): number => Math.max(1, files.size);
      this.listings.set(of.source, (ofSource = new LRUCache({ maxSize: MAX_FILES, sizeCalculation, ttl: KEPT_MS })));
    }
    const key = keyOf(of);
    const known = ofSource.get(key);
    if (known) return known;
    const listing = new Listing();
    ofSource.set(key, listing);
    return listing;
  }
}

const keyOf = ({ repo, commit }: SourceCommit): string => `${repo.type} ${repoFullName(repo)} ${commit}`;
