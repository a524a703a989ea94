import { Injectable } from '@nestjs/common';
import type { Caller } from '../domain/caller.js';
import { HubError } from '../domain/hub-error.js';
import { AuditLog } from '../platform/audit/audit-log.service.js';
import type { AccountEntity } from './account.entity.js';
import { checkPassword } from './check-password.js';
import { CallersService } from './callers.service.js';
import { PasswordStore } from './password.store.js';
import { PasswordsService } from './passwords.service.js';
import { AuthLimitsService } from './auth-limits.service.js';

/** A password change requested by the account owner. */
export interface PasswordChange {
  readonly oldPassword: string;
  readonly newPassword: string;
  /** Client IP address, for the attempt limits. */
  readonly address: string;
  /** The caller, for the audit log. */
  readonly by?: Caller;
}

/** Changes passwords and signs out sessions that were opened with the old one. */
@Injectable()
export class PasswordChangeService {
  constructor(
    private readonly store: PasswordStore,
    private readonly passwords: PasswordsService,
    private readonly limits: AuthLimitsService,
    private readonly callers: CallersService,
    private readonly audit: AuditLog,
  ) {}

  /**
   * Changes the password of the signed-in owner. Their session continues; all other sessions of the account end.
   * @throws HubError `Forbidden` if the old password is wrong, `BadRequest` for an invalid new one, `RateLimited` after too many attempts
   */
  async change(
    owner: { readonly accountId: number; readonly name: string; readonly sessionId: number },
    { oldPassword, newPassword, address, by }: PasswordChange,
  ): Promise<void> {
    checkPassword(newPassword, 'new_password');
    const attempt = await this.limits.startPasswordAttempt(owner.name, address);
    const currentHash = await this.store.findHash(owner.accountId);
    if (currentHash === undefined || !(await this.passwords.verify(oldPassword, currentHash))) throw wrongPassword();
    await attempt.succeed();
    const hash = await this.passwords.hash(newPassword);
    const { accountId, sessionId: keepSessionId } = owner;
    const isReplaced = await this.audit.act(
      by,
      (m) => this.store.replace({ accountId, hash, currentHash, keepSessionId }, m),
      (isDone) => (isDone ? { action: 'user.change_password', ownerId: accountId } : undefined),
    );
    if (!isReplaced) throw wrongPassword();
    await this.callers.invalidate(accountId);
  }

  /**
   * Sets a password on behalf of the administrator and ends all sessions of the account.
   * @throws HubError `BadRequest` for an invalid password, `NotFound`
   */
  async reset({ id: accountId, name }: AccountEntity, password: string, by: Caller): Promise<void> {
    checkPassword(password);
    const hash = await this.passwords.hash(password);
    const isReplaced = await this.audit.act(
      by,
      (m) => this.store.replace({ accountId, hash }, m),
      (isDone) => (isDone ? { action: 'user.set_password', ownerId: accountId, object: name } : undefined),
    );
    if (!isReplaced) throw new HubError('NotFound', 'The account no longer exists');
    await this.callers.invalidate(accountId);
  }
}

const wrongPassword = (): HubError =>
  new HubError('Forbidden', 'Incorrect password', {
    fields: [{ field: 'old_password', message: 'Incorrect password' }],
  });
