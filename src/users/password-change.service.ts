import { Injectable } from '@nestjs/common';
import { HubError } from '../domain/hub-error.js';
import { checkPassword } from './check-password.js';
import { CallersService } from './callers.service.js';
import { PasswordStore } from './password.store.js';
import { PasswordsService } from './passwords.service.js';
import { TryLimitsService } from './try-limits.service.js';

/** Somebody's own wish for another password. */
export interface PasswordWish {
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
    private readonly limits: TryLimitsService,
    private readonly callers: CallersService,
  ) {}

  /**
   * By its owner, whose session goes on; all others end.
   * @throws HubError `Forbidden` when the old password is wrong, `BadRequest` for a poor new one, `RateLimited` after too many tries
   */
  async change(
    owner: { readonly accountId: number; readonly name: string; readonly sessionId: number },
    { oldPassword, newPassword, address }: PasswordWish,
  ): Promise<void> {
    checkPassword(newPassword, 'new_password');
    await this.limits.beforePassword(owner.name, address);
    const instead = await this.stored.hashOf(owner.accountId);
    if (instead === undefined || !(await this.passwords.fits(oldPassword, instead))) throw wrongPassword();
    await this.limits.afterRightPassword(owner.name, address);
    const hash = await this.passwords.hash(newPassword);
    const { accountId, sessionId: keepSession } = owner;
    if (!(await this.stored.replace({ accountId, hash, instead, keepSession }))) throw wrongPassword();
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
