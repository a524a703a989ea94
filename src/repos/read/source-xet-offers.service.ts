import { Injectable } from '@nestjs/common';
import { isCached } from '../../domain/delivery.js';
import type { FileOperation } from '../../domain/operation.js';
import { linkTarget } from '../../domain/rewrite-link.js';
import type { Source } from '../../domain/source.js';
import type { ReplyHeaders } from '../../domain/upstream.js';
import { isXetHash } from '../../domain/xet-hash.js';
import { xetModeOf } from '../../domain/xet-mode.js';
import { NamedUrls } from '../../fallback/upstream/named-urls.service.js';
import { cacheKeyOf } from '../content-cache/cache-key.js';
import { HeldXetFileStore } from '../xet-reads/held-xet-files.store.js';
import { relayedId } from '../xet-reads/relayed-ids.js';
import { reconstructionUrl, XetOffers, type XetOffer } from '../xet-reads/xet-offers.service.js';
import type { ClientInfo } from './client-info.js';

const SHA256 = /^[0-9a-f]{64}$/;

/** A file as the headers of its source describe it. */
interface DescribedFile {
  readonly etag: string;
  readonly size: number;
  readonly commit: string;
}

/**
 * Offers files of sources over Xet: complete copies in the content cache that the hub may serve, and files of the Xet storages of sources, if their settings
 * allow it. `SourceXetEntries` offers the same files in lists.
 */
@Injectable()
export class SourceXetOffers {
  constructor(
    private readonly offers: XetOffers,
    private readonly held: HeldXetFileStore,
    private readonly named: NamedUrls,
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
    const file = raw || !this.offers.isEnabled ? undefined : describe(headers);
    if (!file) return undefined;
    const { etag: sha256, size, commit } = file;
    const place = { repo, commit, urls };
    if (mayOfferCopies(source) && (isCached(source.delivery) || source.offline) && SHA256.test(sha256)) {
      const isHeld =
        this.offers.isCopyOffered(size) && (await this.held.among(cacheKeyOf(source), repo, [sha256])).has(sha256);
      if (isHeld) return this.offers.offer({ sha256, size }, place);
    }
    const reported = headers['x-xet-hash'];
    const mode = xetModeOf(source, size);
    if (mode === 'hide' || !isXetHash(reported)) return undefined;
    if (mode === 'relay') {
      const hash = relayedId('file', cacheKeyOf(source), reported);
      return this.offers.offerDescribed(
        { sha256, size, hash, reconstructionUrl: reconstructionUrl(hash, place) },
        place,
      );
    }
    const url = this.named.accept(linkTarget(headers['link'] ?? '', 'xet-reconstruction-info'), source);
    return this.offers.offerDescribed({ sha256, size, hash: reported, reconstructionUrl: url }, place);
  }
}

/**
 * Whether the hub offers its copies of files over Xet: not if the files of the source are hidden, and not if clients get tokens for its storage, since
 * that does not know the hashes of copies.
 */
export const mayOfferCopies = ({ xet, offline }: Pick<Source, 'xet' | 'offline'>): boolean =>
  xet !== 'hide' && (xet !== 'pass' || offline);

function describe(headers: ReplyHeaders): DescribedFile | undefined {
  const etag = (headers['x-linked-etag'] ?? headers['etag'])?.replace(/^W\//, '').replaceAll('"', '') ?? '';
  const total = headers['content-range']?.split('/')[1] ?? headers['content-length'];
  const size = Number(headers['x-linked-size'] ?? total ?? NaN);
  const commit = headers['x-repo-commit'];
  return commit !== undefined && Number.isSafeInteger(size) ? { etag, size, commit } : undefined;
}
