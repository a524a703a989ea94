import { Inject, Injectable } from '@nestjs/common';
import type { Caller } from '../../domain/caller.js';
import { HubError } from '../../domain/hub-error.js';
import type { RepoId } from '../../domain/repo-id.js';
import { REPO_NOT_FOUND_MESSAGE } from '../../domain/choose-failure.js';
import { HUB_CONFIG, type HubConfig } from '../../platform/config/hub-config.js';
import { GRANT_PREFIX } from '../../platform/http/caller.guard.js';
import { CapabilityService } from '../../platform/http/capability.service.js';
import { RepoAccessService } from '../store/repo-access.service.js';
import type { XetToken } from './xet-token.js';
import { XorbStore } from './xorb.store.js';

/** As long as huggingface.co's; clients come back for another before it ends. */
const GRANT_SECONDS = 3600;

/** Whose upload this is, and where it goes. */
export interface XetGrant {
  readonly repositoryId: number;
  readonly accountId: number;
}

/** Tokens with which a client may upload over Xet to one repository. */
@Injectable()
export class XetGrants {
  constructor(
    @Inject(HUB_CONFIG) private readonly config: HubConfig,
    private readonly access: RepoAccessService,
    private readonly capabilities: CapabilityService,
    private readonly xorbs: XorbStore,
  ) {}

  /** @throws HubError as `RepoAccessService.writable`; `NotImplemented` for what shall become a pull request */
  async issue(repo: RepoId, caller: Caller, createPr: unknown): Promise<XetToken> {
    const repository = await this.access.writable(repo, caller);
    if (createPr !== undefined && createPr !== '0' && createPr !== 'false')
      throw new HubError('NotImplemented', 'This hub has no pull requests: upload to a branch instead');
    const grant: XetGrant = { repositoryId: repository.id, accountId: Number(caller.accountId) };
    const signed = this.capabilities.sign('xet-write', grant, GRANT_SECONDS);
    const { exp } = this.capabilities.verify<{ exp: number }>('xet-write', signed);
    return { casUrl: `${this.config.baseUrl}/xet`, accessToken: GRANT_PREFIX + signed, exp };
  }

  /** @throws HubError `Unauthorized` without a valid token or when its account is no longer in use, `RepoNotFound` when the repository was deleted */
  async check(token: string | undefined): Promise<XetGrant> {
    if (token === undefined)
      throw new HubError('Unauthorized', 'This address takes the token of /xet-write-token only');
    const grant = this.verified(token);
    const { repository, account } = await this.xorbs.parties(grant.repositoryId, grant.accountId);
    if (!account) throw new HubError('Unauthorized', 'The account of this Xet token is no longer in use');
    if (!repository) throw new HubError('RepoNotFound', REPO_NOT_FOUND_MESSAGE);
    return grant;
  }

  private verified(token: string): XetGrant {
    try {
      return this.capabilities.verify<XetGrant>('xet-write', token);
    } catch (cause) {
      throw new HubError('Unauthorized', 'This Xet token is not valid, or no longer: ask for a new one', { cause });
    }
  }
}
