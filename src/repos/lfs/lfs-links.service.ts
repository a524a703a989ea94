import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { LfsAction, LfsObject } from '../../hub/language/wire/lfs.js';
import { lfsPartCount } from '../../hub/rules/lfs-parts.js';
import { HUB_CONFIG, type HubConfig } from '../../platform/config/hub-config.js';
import { CapabilityService } from '../../platform/http/capability.service.js';

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
    const parts = numbers.map((number) => [String(number).padStart(5, '0'), `${base}/parts/${number}`]);
    return {
      href: `${base}/complete`,
      header: { chunk_size: String(partSize), ...Object.fromEntries(parts) },
      expires_in: ONE_DAY_S,
    };
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
