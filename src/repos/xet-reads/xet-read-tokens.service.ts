import { Injectable } from '@nestjs/common';
import { HubError } from '../../domain/hub-error.js';
import type { UrlBuilder } from '../../domain/url-builder.js';
import { CapabilityService } from '../../platform/http/capability.service.js';
import { GRANT_PREFIX } from '../../platform/http/caller.guard.js';
import type { XetToken } from '../xet/xet-grants.service.js';
import type { XetClaims } from './xet-file.js';

/** Clients request a new token a minute before it expires. */
const TOKEN_SECONDS = 15 * 60;

/** Signs and verifies the tokens for reading a repository over Xet. */
@Injectable()
export class XetReadTokens {
  constructor(private readonly capabilities: CapabilityService) {}

  sign(claims: XetClaims, urls: UrlBuilder): XetToken {
    const signed = this.capabilities.sign('xet-read', claims, TOKEN_SECONDS);
    const { exp } = this.capabilities.verify<{ exp: number }>('xet-read', signed);
    return { casUrl: urls.url('/xet'), accessToken: GRANT_PREFIX + signed, exp };
  }

  /** @throws HubError `Unauthorized` without a valid token */
  verify(token: string | undefined): XetClaims {
    if (token === undefined)
      throw new HubError(
        'Unauthorized',
        'Send a Xet token as the bearer token. The xet-read-token endpoint of a repository returns one.',
      );
    try {
      return this.capabilities.verify<XetClaims>('xet-read', token);
    } catch (cause) {
      throw new HubError('Unauthorized', 'The Xet token is invalid or expired. Request a new one.', { cause });
    }
  }
}
