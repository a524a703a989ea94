import { Injectable } from '@nestjs/common';
import { isCached } from '../../domain/delivery.js';
import type { FileOperation } from '../../domain/operation.js';
import type { RepoId } from '../../domain/repo-id.js';
import type { Source } from '../../domain/source.js';
import type { ReplyHeaders } from '../../domain/upstream.js';
import { Deliveries } from '../../fallback/sources/deliveries.service.js';
import { cacheKeyOf } from '../content-cache/cache-key.js';
import { HeldXetFileStore } from '../xet-reads/held-xet-files.store.js';
import { mayServeCopy } from '../xet-reads/source-xet-files.service.js';
import { XetOffers, type XetOffer } from '../xet-reads/xet-offers.service.js';
import type { ClientInfo } from './client-info.js';
import { withXetHashes } from './xet-hashes.js';

const SHA256 = /^[0-9a-f]{64}$/;

/** An entry of a tree or paths-info response of a source, as far as it is known. */
interface SourceEntry {
  readonly path?: unknown;
  readonly lfs?: { readonly oid: string; readonly size: number };
}

/** Offers files of sources over Xet, if the content cache has all of their bytes and may serve them. */
@Injectable()
export class SourceXetOffers {
  constructor(
    private readonly offers: XetOffers,
    private readonly held: HeldXetFileStore,
    private readonly deliveries: Deliveries,
  ) {}

  /**
   * How a file is offered; `undefined` if it is not.
   *
   * @param source - with the delivery of this file
   * @param headers - of the source's response
   */
  async offerOf(
    source: Source,
    { repo, raw }: FileOperation,
    headers: ReplyHeaders,
    { urls }: ClientInfo,
  ): Promise<XetOffer | undefined> {
    if (raw || !(isCached(source.delivery) || source.offline)) return undefined;
    const sha256 = (headers['x-linked-etag'] ?? headers['etag'])?.replace(/^W\//, '').replaceAll('"', '') ?? '';
    const size = Number(headers['x-linked-size'] ?? headers['content-length'] ?? NaN);
    const commit = headers['x-repo-commit'];
    if (!SHA256.test(sha256) || commit === undefined || !this.offers.isOffered(size)) return undefined;
    const held = await this.held.among(cacheKeyOf(source), repo, [sha256]);
    return held.has(sha256) ? this.offers.offerOf({ sha256, size }, { repo, commit, urls }) : undefined;
  }

  /** Adds the Xet hashes of offered files to the entries of a tree or paths-info response. */
  async withHashes(source: Source, repo: RepoId, entries: readonly SourceEntry[]): Promise<readonly SourceEntry[]> {
    const mayBeOffered = ({ path, lfs }: SourceEntry): boolean =>
      typeof path === 'string' &&
      lfs !== undefined &&
      this.offers.isOffered(lfs.size) &&
      mayServeCopy(this.deliveries, source, { repo, path, size: lfs.size });
    const candidates = entries.filter(mayBeOffered);
    if (candidates.length === 0) return entries;
    const hashes = candidates.map(({ lfs }) => lfs!.oid);
    const held = await this.held.among(cacheKeyOf(source), repo, hashes);
    const wanted = new Set(candidates.filter(({ lfs }) => held.has(lfs!.oid)));
    return entries.map((entry) =>
      wanted.has(entry) ? withXetHashes([entry], ({ oid }) => this.offers.hashOf(oid))[0]! : entry,
    );
  }
}
