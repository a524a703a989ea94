import { Inject, Injectable } from '@nestjs/common';
import type { Caller } from '../domain/caller.js';
import { HubError } from '../domain/hub-error.js';
import { checkAccountName, checkChosenAccountName } from '../domain/check-name.js';
import { NamespaceGuard } from '../fallback/guard/namespace-guard.service.js';
import { CredentialCheck } from '../platform/http/credential-check.service.js';
import { checkPassword } from './check-password.js';
import { HUB_CONFIG, type HubConfig } from '../platform/config/hub-config.js';
import type { AccountEntity } from './account.entity.js';
import { AccountsService, type AccountInput } from './accounts.service.js';
import { PasswordsService } from './passwords.service.js';
import { AuthLimitsService } from './auth-limits.service.js';
import { InvitationLinks, type InvitationClaim } from './invitations/invitation-links.service.js';

export type Registration = Omit<AccountInput, 'passwordHash'> & { readonly password: string };

/** Where a registration comes from. */
export interface RegistrationOrigin {
  readonly address: string;
  readonly isAdministrator: boolean;
  /** The caller, for the audit log. */
  readonly by?: Caller;
  /** The token of an invitation to the hub, which permits the registration even if it is closed. */
  readonly invitation?: string;
}

/** Creates user accounts with a password. */
@Injectable()
export class RegistrationService {
  constructor(
    private readonly accounts: AccountsService,
    private readonly passwords: PasswordsService,
    private readonly limits: AuthLimitsService,
    private readonly guard: NamespaceGuard,
    private readonly credentials: CredentialCheck,
    private readonly invitations: InvitationLinks,
    @Inject(HUB_CONFIG) private readonly config: Pick<HubConfig, 'registration'>,
  ) {}

  /** @throws HubError `Forbidden` if registration is closed */
  requireOpen(): void {
    if (this.config.registration === 'closed')
      throw new HubError('Forbidden', 'Registration is closed. Ask the administrator for an invitation.');
  }

  /**
   * Self-service registration.
   * @param options - `isAdministrator`: whether the request has the admin token, which allows names of organizations of sources
   * @throws HubError see `create`, `NamespaceGuard.checkAccount` and `InvitationLinks.claimRegistration`; `BadRequest` for a name of the operator or a
   * credential, `Forbidden` if registration is closed, `RateLimited` after too many registrations from one address
   */
  async register(
    registration: Registration,
    { address, isAdministrator, by, invitation: token }: RegistrationOrigin,
  ): Promise<AccountEntity> {
    if (token === undefined) this.requireOpen();
    const claim = token === undefined ? undefined : await this.invitations.claimRegistration({ token, address });
    checkChosenAccountName(registration.name);
    await this.limits.consumeRegistration(address);
    await this.credentials.checkTexts([registration.name], { isAdministrator });
    checkPassword(registration.password);
    await this.accounts.requireAvailable(registration.name);
    const nameCheck = await this.guard.checkAccount(registration.name, { isAdministrator });
    return this.create({ ...registration, nameCheck }, by, claim);
  }

  /**
   * Creates a user, even if registration is closed.
   * @throws HubError `BadRequest` for an invalid password or name, `Conflict` if the name is taken
   */
  async create({ password, ...account }: Registration, by?: Caller, claim?: InvitationClaim): Promise<AccountEntity> {
    checkPassword(password);
    checkAccountName(account.name);
    return this.accounts.createUser({ ...account, passwordHash: await this.passwords.hash(password) }, by, claim);
  }
}
