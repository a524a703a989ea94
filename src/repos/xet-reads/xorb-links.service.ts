import { Injectable } from '@nestjs/common';
import type { UrlBuilder } from '../../domain/url-builder.js';
import type { ByteRange } from '../../platform/storage/blob-store.js';
import { CapabilityService } from '../../platform/http/capability.service.js';
import type { XetClaims } from './xet-file.js';

/** As long as a token. Clients request a new description of the file when they get a 403. */
const LINK_SECONDS = 15 * 60;

/** The permission of a link: a range of a file, for the holder of a read token. */
export type XorbClaims = XetClaims & {
  /** Id of the file. */
  readonly id: string;
  /** The bytes of the file. Chunks that have some of them can be read. */
  readonly range: ByteRange;
};

/** Creates links to the parts of a file. */
@Injectable()
export class XorbLinks {
  constructor(private readonly capabilities: CapabilityService) {}

  /** All parts of a range share one signature: signing thousands of links would take a second. */
  linksFor(claims: XorbClaims, urls: UrlBuilder): (part: { readonly id: number | string }) => string {
    const base = urls.url(`/xet/xorbs/${this.capabilities.sign('xet-xorb', withoutDates(claims), LINK_SECONDS)}`);
    return ({ id }) => `${base}/${id}`;
  }

  /** @throws HubError `Forbidden` for a forged or expired link */
  verify(capability: string): XorbClaims {
    return this.capabilities.verify<XorbClaims>('xet-xorb', capability);
  }
}

/** Verified claims have the fields of the signature of the token. */
function withoutDates(claims: XorbClaims): XorbClaims {
  const { iat: _issued, exp: _expiry, aud: _audience, ...rest } = claims as XorbClaims & Record<string, unknown>;
  return rest as unknown as XorbClaims;
}
