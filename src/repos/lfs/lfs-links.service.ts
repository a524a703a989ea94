import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { LfsAction, LfsObject } from '../store/wire/lfs.js';
import { lfsPartCount } from '../store/lfs-parts.js';
import { HUB_CONFIG, type HubConfig } from '../../platform/config/hub-config.js';
import { CapabilityService } from '../../platform/http/capability.service.js';
import type { StartedUpload } from '../store/direct-uploads.service.js';

const ONE_DAY_S = 86_400;

/** What a download link is good for. */
export interface LfsClaims extends LfsObject {
  /** The repository's number: a link outlives its renaming. */
  readonly repository: number;
}

/** What the links of an upload in parts are good for. */
export interface LfsPartsClaims extends LfsClaims {
  /** Keeps the parts of this upload apart from those of others. */
  readonly upload: string;
  /** Set where the parts go straight to the store. */
  readonly direct?: true;
  /** Bytes. */
  readonly partSize: number;
}

type Way = 'upload' | 'verify' | 'download';

/** Links that carry their permission in their path, since the programs that use them send no credentials (contract E.25). */
@Injectable()
export class LfsLinksService {
  constructor(
    @Inject(HUB_CONFIG) private readonly config: HubConfig,
    private readonly capabilities: CapabilityService,
  ) {}

  download(claims: LfsClaims): LfsAction {
    return { href: this.link('lfs-download', claims, 'download'), expires_in: ONE_DAY_S };
  }

  upload(claims: LfsClaims): LfsAction {
    return { href: this.link('lfs-upload', claims, 'upload'), expires_in: ONE_DAY_S };
  }

  /** Where to ask whether an upload has arrived: git-lfs, too, does so without credentials unless it is told that they are missing. */
  verify(claims: LfsClaims): LfsAction {
    return { href: this.link('lfs-upload', claims, 'verify') };
  }

  /** The links of an upload in parts: one for each, and `href` for when all are there. */
  uploadInParts(claims: LfsClaims, partSize: number): LfsAction {
    const base = this.link('lfs-upload', { ...claims, upload: randomUUID(), partSize }, 'upload');
    const numbers = Array.from({ length: lfsPartCount(claims.size, partSize) }, (_, at) => at + 1);
    return inParts(
      base,
      partSize,
      numbers.map((number) => `${base}/parts/${number}`),
    );
  }

  /** The links of an upload that goes straight to the store, in one piece. */
  direct(link: string): LfsAction {
    return { href: link, expires_in: ONE_DAY_S };
  }

  /** The same in parts: one link of the store for each, and `href`, the hub's own, for when all are there. */
  directInParts(claims: LfsClaims, partSize: number, { id, links }: StartedUpload): LfsAction {
    const base = this.link('lfs-upload', { ...claims, upload: id, partSize, direct: true }, 'upload');
    return inParts(base, partSize, links);
  }

  /** @throws HubError `Forbidden` for a link that is forged or expired */
  readDownload(capability: string): LfsClaims {
    return this.capabilities.verify<LfsClaims>('lfs-download', capability);
  }

  /** @throws HubError as `readDownload` */
  readUpload(capability: string): LfsClaims & Partial<LfsPartsClaims> {
    return this.capabilities.verify<LfsClaims>('lfs-upload', capability);
  }

  private link(purpose: 'lfs-download' | 'lfs-upload', claims: LfsClaims | LfsPartsClaims, way: Way): string {
    return `${this.config.baseUrl}/lfs/${way}/${this.capabilities.sign(purpose, claims, ONE_DAY_S)}`;
  }
}

/** As clients want it: the parts' links among the headers, by their numbers (contract C.5). */
function inParts(base: string, partSize: number, links: readonly string[]): LfsAction {
  const parts = links.map((link, at) => [String(at + 1).padStart(5, '0'), link]);
  return {
    href: `${base}/complete`,
    header: { chunk_size: String(partSize), ...Object.fromEntries(parts) },
    expires_in: ONE_DAY_S,
  };
}
