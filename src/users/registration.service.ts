import { HubError } from '../domain/hub-error.js';
import { checkAccountName } from '../domain/check-name.js';
import { checkPassword } from './check-password.js';
import type { HubConfig } from '../platform/config/hub-config.js';
import type { AccountEntity } from './account.entity.js';
import { AccountsService, type AccountInput } from './accounts.service.js';
import { PasswordsService } from './passwords.service.js';
import { AuthLimitsService } from './auth-limits.service.js';

/** What a person says who wants an account. */
export type Registration = Omit<AccountInput, 'passwordHash'> & { readonly password: string };

/** Makes accounts that somebody can sign in to. */
export class RegistrationService {
  constructor(
    private readonly accounts: AccountsService,
    private readonly passwords: PasswordsService,
    private readonly limits: AuthLimitsService,
    private readonly config: Pick<HubConfig, 'registration'>,
  ) {}

  /**
   * By the person.
   * @throws HubError `Forbidden` where accounts are made by the administrator alone, `RateLimited` after too many from one address, and as
   * `create`
   */
  async register(registration: Registration, address: string): Promise<AccountEntity> {
    if (this.config.registration === 'closed')
      throw new HubError('Forbidden', 'Registration is closed; the administrator makes accounts');
    await this.limits.consumeRegistration(address);
    return this.create(registration);
  }

  /** By the administrator. @throws HubError `BadRequest` for a poor password or an impossible name, `Conflict` for a taken one */
  async create({ password, ...account }: Registration): Promise<AccountEntity> {
    checkPassword(password);
    checkAccountName(account.name);
    return this.accounts.createUser({ ...account, passwordHash: await this.passwords.hash(password) });
  }
}
