import { Injectable } from '@nestjs/common';
import { HubError } from '../../domain/hub-error.js';
import type { RepoId } from '../../domain/repo-id.js';
import { GRANT_PREFIX } from '../../platform/http/caller.guard.js';
import type { HubRequest } from '../../platform/http/hub-request.js';
import { CapabilityService } from '../../platform/http/capability.service.js';
import { AccessGrants, grantFor, type AccessGrant } from '../store/access-grants.store.js';
import { RepoAccessService } from '../store/repo-access.service.js';

/** Same as on huggingface.co. Clients request a new token before it expires. */
const GRANT_SECONDS = 3600;

/** Access data of a Xet upload (contract D.11). */
export interface XetToken {
  /** Base URL for xorbs and shards. */
  readonly casUrl: string;
  readonly accessToken: string;
  /** Expiry time in seconds since 1970. */
  readonly exp: number;
}

/** The headers with a token. Older clients read it from the headers, newer ones from the body; an LFS batch only has the headers. */
export const tokenHeaders = ({ casUrl, accessToken, exp }: XetToken): Record<string, string> => ({
  'X-Xet-Cas-Url': casUrl,
  'X-Xet-Access-Token': accessToken,
  'X-Xet-Token-Expiration': `${exp}`,
});

/** The account that uploads, and the repository that it uploads to. */
export interface XetGrant {
  readonly repositoryId: number;
  readonly accountId: number;
}

/** Issues and checks the tokens for Xet uploads to one repository. */
@Injectable()
export class XetGrants {
  constructor(
    private readonly access: RepoAccessService,
    private readonly capabilities: CapabilityService,
    private readonly grants: AccessGrants,
  ) {}

  /** @throws HubError as `RepoAccessService.writable`; `NotImplemented` for a pull request */
  async issue(repo: RepoId, { caller, urls, query }: HubRequest): Promise<XetToken> {
    const repository = await this.access.writable(repo, caller);
    const { create_pr: createPr } = query;
    if (createPr !== undefined && createPr !== '0' && createPr !== 'false')
      throw new HubError('NotImplemented', 'This hub does not support pull requests. Upload to a branch instead.');
    const signed = this.capabilities.sign('xet-write', grantFor(repository.id, caller), GRANT_SECONDS);
    const { exp } = this.capabilities.verify<{ exp: number }>('xet-write', signed);
    return { casUrl: urls.url('/xet'), accessToken: GRANT_PREFIX + signed, exp };
  }

  /** @throws HubError `Unauthorized` without a valid token, and as `AccessGrants.check`, since access may have been revoked */
  async check(token: string | undefined): Promise<XetGrant> {
    if (token === undefined)
      throw new HubError(
        'Unauthorized',
        'Send a Xet token as the bearer token. The xet-write-token endpoint of a repository returns one.',
      );
    const grant = this.verify(token);
    await this.grants.check(grant, 'write', 'Unauthorized');
    return { repositoryId: grant.repository, accountId: Number(grant.account) };
  }

  private verify(token: string): AccessGrant {
    try {
      return this.capabilities.verify<AccessGrant>('xet-write', token);
    } catch (cause) {
      throw new HubError('Unauthorized', 'The Xet token is invalid or expired. Request a new one.', { cause });
    }
  }
}
