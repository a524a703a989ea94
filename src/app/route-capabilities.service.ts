import { Inject, Injectable } from '@nestjs/common';
import type { Caller } from '../domain/caller.js';
import { flag } from '../domain/query-flags.js';
import type { RepoId } from '../domain/repo-id.js';
import { contextOfRequest } from '../fallback/resolver/request-context.decorator.js';
import { HUB_CONFIG, type HubConfig } from '../platform/config/hub-config.js';
import type { CapabilityChecks } from '../platform/http/capability-checks.js';
import { clientAddress } from '../platform/http/client-address.js';
import type { HubRequest } from '../platform/http/hub-request.js';
import { repoOf } from '../platform/http/repo.decorator.js';
import { LfsUploadsService } from '../repos/lfs/lfs-uploads.service.js';
import { ExternalRefusals } from '../repos/store/external-refusals.service.js';
import { RepoAccessService } from '../repos/store/repo-access.service.js';
import { noPullRequests } from '../repos/write/target-branch.js';
import { WritableRepos } from '../repos/write/writable-repos.service.js';
import { AccountsService } from '../users/accounts.service.js';
import { InvitationLinks } from '../users/invitations/invitation-links.service.js';
import { OrganizationsService } from '../users/organizations.service.js';
import { requirePasswords } from '../users/require-passwords.js';
import { RegistrationService } from '../users/registration.service.js';

/** Checks the rights that routes require, with the services that also check them when they are used. */
@Injectable()
export class RouteCapabilities implements CapabilityChecks {
  constructor(
    @Inject(RepoAccessService) private readonly access: RepoAccessService,
    @Inject(WritableRepos) private readonly writable: WritableRepos,
    @Inject(LfsUploadsService) private readonly uploads: LfsUploadsService,
    @Inject(AccountsService) private readonly accounts: AccountsService,
    @Inject(RegistrationService) private readonly registrations: RegistrationService,
    @Inject(InvitationLinks) private readonly invitations: InvitationLinks,
    @Inject(OrganizationsService) private readonly organizations: OrganizationsService,
    @Inject(ExternalRefusals) private readonly refusals: ExternalRefusals,
    @Inject(HUB_CONFIG) private readonly config: Pick<HubConfig, 'signIn'>,
  ) {}

  readonly register = async (): Promise<void> => {
    requirePasswords(this.config);
    this.registrations.requireOpen();
  };

  readonly 'use invitation' = async (request: HubRequest): Promise<unknown> => {
    requirePasswords(this.config);
    const link = { token: request.params['token'] as string, address: clientAddress(request) };
    return this.invitations.claimRegistration(link);
  };

  readonly 'use passwords' = async (): Promise<void> => requirePasswords(this.config);

  readonly 'read repository' = this.onLocal((repo, caller) => this.access.readable(repo, caller));

  readonly 'read if local' = async (request: HubRequest): Promise<unknown> =>
    this.access.find(repoOf(request), request.caller);

  /** Also refuses pull requests (`?create_pr=1`), which the hub does not have. */
  readonly commit = async (request: HubRequest): Promise<unknown> => {
    const query = [...new URLSearchParams(request.originalUrl.split('?', 2)[1] ?? '')];
    if (flag(query, 'create_pr')) throw noPullRequests();
    return this.commitToLocal(request);
  };

  private readonly commitToLocal = this.onLocal((repo, caller) => this.writable.find(repo, caller));

  readonly 'write repository' = this.onLocal((repo, caller) => this.access.writable(repo, caller));

  readonly 'administer repository' = this.onLocal((repo, caller) => this.access.administrable(repo, caller));

  readonly 'administer user' = ({ caller, params }: HubRequest): Promise<unknown> =>
    this.accounts.requireAdministered(caller, { kind: 'user', name: params['name'] as string });

  readonly 'administer organization' = ({ caller, params }: HubRequest): Promise<unknown> =>
    this.accounts.requireAdministered(caller, { kind: 'organization', name: params['name'] as string });

  readonly 'inspect organization' = ({ caller, params }: HubRequest): Promise<unknown> =>
    this.accounts.requireAdministered(caller, { kind: 'organization', name: params['name'] as string }, 'org.read');

  readonly 'manage members' = ({ caller, params }: HubRequest): Promise<unknown> =>
    this.organizations.requireAdmin(caller, params['organization'] as string);

  readonly 'upload link' = ({ params }: HubRequest): Promise<unknown> =>
    this.uploads.claims(params['capability'] as string);

  /** A check of a local repository, whose error about an external repository names the source. */
  private onLocal(
    check: (repo: RepoId, caller: Caller) => Promise<unknown>,
  ): (request: HubRequest) => Promise<unknown> {
    return async (request) => {
      const repo = repoOf(request);
      try {
        return await check(repo, request.caller);
      } catch (error) {
        throw await this.refusals.explain(error, repo, () => contextOfRequest(request));
      }
    };
  }
}
