import { Injectable } from '@nestjs/common';
import { HubError } from '../domain/hub-error.js';
import { checkPassword } from './check-password.js';
import { CallersService } from './callers.service.js';
import { PasswordStore } from './password.store.js';
import { PasswordsService } from './passwords.service.js';
import { AuthLimitsService } from './auth-limits.service.js';

/** FoundAccount's own wish for another password. */
export interface PasswordChange {
  readonly oldPassword: string;
  readonly newPassword: string;
  /** Of the connection. */
  readonly address: string;
}

/** Changes passwords. Whoever may have known the old one is signed out. */
@Injectable()
export class PasswordChangeService {
  constructor(
    private readonly stored: PasswordStore,
    private readonly passwords: PasswordsService,
    private readonly limits: AuthLimitsService,
    private readonly callers: CallersService,
  ) {}

  /**
   * By its owner, whose session goes on; all others end.
   * @throws HubError `Forbidden` when the old password is wrong, `BadRequest` for a poor new one, `RateLimited` after too many tries
   */
  async change(
    owner: { readonly accountId: number; readonly name: string; readonly sessionId: number },
    { oldPassword, newPassword, address }: PasswordChange,
  ): Promise<void> {
    checkPassword(newPassword, 'new_password');
    await this.limits.consumePasswordAttempt(owner.name, address);
    const instead = await this.stored.hashOf(owner.accountId);
    if (instead === undefined || !(await this.passwords.fits(oldPassword, instead))) throw wrongPassword();
    await this.limits.refundPasswordAttempt(owner.name, address);
    const hash = await this.passwords.hash(newPassword);
    const { accountId, sessionId: keepSessionId } = owner;
    if (!(await this.stored.replace({ accountId, hash, instead, keepSessionId }))) throw wrongPassword();
    await this.callers.forget(accountId);
  }

  /** By the administrator: every session of the account ends. @throws HubError `BadRequest` for a poor one */
  async reset(accountId: number, password: string): Promise<void> {
    checkPassword(password);
    const hash = await this.passwords.hash(password);
    if (!(await this.stored.replace({ accountId, hash }))) throw new HubError('NotFound', 'The account has gone');
    await this.callers.forget(accountId);
  }
}

const wrongPassword = (): HubError =>
  new HubError('Forbidden', 'The old password is not the right one', {
    fields: [{ field: 'old_password', message: 'is not the right one' }],
  });
