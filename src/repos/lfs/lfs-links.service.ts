import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { UrlBuilder } from '../../domain/url-builder.js';
import type { LfsAction, LfsObject } from '../store/wire/lfs.js';
import { lfsPartCount } from '../store/lfs-parts.js';
import { CapabilityService } from '../../platform/http/capability.service.js';
import type { AccessGrant } from '../store/access-grants.store.js';
import type { StartedUpload } from '../store/direct-uploads.service.js';

const ONE_DAY_S = 86_400;

/** The permission granted by a link: one file of one repository. Checked again when the link is used (`AccessGrants`). */
export interface LfsClaims extends LfsObject, AccessGrant {}

/** The permission granted by the links of a multipart upload. */
export interface LfsPartsClaims extends LfsClaims {
  /** Separates the parts of concurrent uploads. */
  readonly upload: string;
  /** Set if the parts are uploaded to the object store directly. */
  readonly direct?: true;
  /** In bytes. */
  readonly partSize: number;
}

type LinkPath = 'upload' | 'verify' | 'download';

/** Creates links that contain their permission, since the programs that use them send no credentials (contract E.25). */
@Injectable()
export class LfsLinksService {
  constructor(private readonly capabilities: CapabilityService) {}

  download(claims: LfsClaims, urls: UrlBuilder): LfsAction {
    return { href: urls.url(this.path('lfs-download', claims, 'download')), expires_in: ONE_DAY_S };
  }

  upload(claims: LfsClaims, urls: UrlBuilder): LfsAction {
    return { href: urls.url(this.path('lfs-upload', claims, 'upload')), expires_in: ONE_DAY_S };
  }

  /** Verifies an upload. git-lfs also sends this request without credentials unless it gets a 401. */
  verify(claims: LfsClaims, urls: UrlBuilder): LfsAction {
    return { href: urls.url(this.path('lfs-upload', claims, 'verify')) };
  }

  /** A link for each part, and `href` to complete the upload. */
  multipartUpload(claims: LfsClaims, partSize: number, urls: UrlBuilder): LfsAction {
    const base = urls.url(this.path('lfs-upload', { ...claims, upload: randomUUID(), partSize }, 'upload'));
    const numbers = Array.from({ length: lfsPartCount(claims.size, partSize) }, (_, index) => index + 1);
    return multipartAction(
      base,
      partSize,
      numbers.map((number) => `${base}/parts/${number}`),
    );
  }

  /** An upload in one piece to the object store. */
  directUpload(link: string): LfsAction {
    return { href: link, expires_in: ONE_DAY_S };
  }

  /** An upload in parts to the object store. The upload is completed at the hub. */
  directMultipartUpload(claims: LfsClaims, partSize: number, started: StartedUpload, urls: UrlBuilder): LfsAction {
    const { id, links } = started;
    const base = urls.url(this.path('lfs-upload', { ...claims, upload: id, partSize, direct: true }, 'upload'));
    return multipartAction(base, partSize, links);
  }

  /** @throws HubError `Forbidden` for a forged or expired link */
  readDownload(capability: string): LfsClaims {
    return this.capabilities.verify<LfsClaims>('lfs-download', capability);
  }

  /** @throws HubError as `readDownload` */
  readUpload(capability: string): LfsClaims & Partial<LfsPartsClaims> {
    return this.capabilities.verify<LfsClaims>('lfs-upload', capability);
  }

  private path(purpose: 'lfs-download' | 'lfs-upload', claims: LfsClaims | LfsPartsClaims, action: LinkPath): string {
    return `/lfs/${action}/${this.capabilities.sign(purpose, claims, ONE_DAY_S)}`;
  }
}

/** Clients expect the links of the parts as headers named by the part number (contract C.5). */
function multipartAction(base: string, partSize: number, links: readonly string[]): LfsAction {
  const parts = links.map((link, index) => [String(index + 1).padStart(5, '0'), link]);
  return {
    href: `${base}/complete`,
    header: { chunk_size: String(partSize), ...Object.fromEntries(parts) },
    expires_in: ONE_DAY_S,
  };
}
