import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Caller } from '../domain/caller.js';
import { HubError } from '../domain/hub-error.js';
import { SIGN_IN_MESSAGE } from '../domain/require-caller.js';
import { AuditLog } from '../platform/audit/audit-log.service.js';
import { CLOCK, type Clock } from '../platform/config/clock.js';
import { SESSION_SECONDS } from '../platform/http/session-cookie.js';
import type { AccountEntity } from './account.entity.js';
import { AccountStore } from './account.store.js';
import { FailedSignIns } from './failed-sign-ins.service.js';
import { CallersService, credentialHash } from './callers.service.js';
import { PasswordStore } from './password.store.js';
import { PasswordsService } from './passwords.service.js';
import { SessionStore } from './session.store.js';
import { AuthLimitsService } from './auth-limits.service.js';

/** How often expired sessions are deleted. */
const CLEANUP_INTERVAL_MS = 60 * 60 * 1000;

export interface SignInAttempt {
  readonly name: string;
  readonly password: string;
  /** Client IP address, for the attempt limits. */
  readonly address: string;
  /** The caller, for the audit log. */
  readonly by?: Caller;
}

/** The stores that `SignInService` uses. */
@Injectable()
export class SignInStores {
  constructor(
    readonly accounts: AccountStore,
    readonly passwords: PasswordStore,
    readonly sessions: SessionStore,
    readonly audit: AuditLog,
    readonly failures: FailedSignIns,
  ) {}
}

/** Signs users in and out. */
@Injectable()
export class SignInService {
  private lastCleanup = 0;

  constructor(
    private readonly stores: SignInStores,
    private readonly passwords: PasswordsService,
    private readonly limits: AuthLimitsService,
    private readonly callers: CallersService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * @returns the account and the value of its new session cookie, which is not stored
   * @throws HubError `Unauthorized` for a wrong password or an unknown name, `Forbidden` for a disabled account with the correct password,
   * `RateLimited` after too many attempts
   */
  async signIn({ name, password, address, by }: SignInAttempt): Promise<{ account: AccountEntity; session: string }> {
    const attempt = await this.limits.startPasswordAttempt(name, address);
    const account = await this.stores.accounts.find(name);
    const passwordHash = account ? await this.stores.passwords.findHash(account.id) : undefined;
    const isCorrect = await this.passwords.verify(password, passwordHash);
    if (!isCorrect || !account || passwordHash === undefined) {
      await this.stores.failures.record(by, { reason: 'wrong password', account: account ?? undefined });
      throw new HubError('Unauthorized', SIGN_IN_MESSAGE);
    }
    await attempt.succeed();
    if (account.disabledAt) {
      await this.stores.failures.record(by, { reason: 'disabled account', account });
      throw new HubError('Forbidden', 'This account is disabled. Contact the administrator.');
    }
    const session = await this.createSession(account, passwordHash, by);
    return { account, session };
  }

  async signOut(
    { accountId, sessionId }: { readonly accountId: number; readonly sessionId: number },
    by?: Caller,
  ): Promise<void> {
    await this.stores.audit.act(
      by,
      (m) => this.stores.sessions.delete(sessionId, m),
      (isDeleted) => (isDeleted ? { action: 'user.sign_out', ownerId: accountId } : undefined),
    );
    await this.callers.invalidate(accountId);
  }

  private async createSession({ id, name }: AccountEntity, passwordHash: string, by?: Caller): Promise<string> {
    const value = randomBytes(32).toString('base64url');
    const now = this.clock();
    await this.deleteExpired(now);
    const expiresAt = new Date(now.getTime() + SESSION_SECONDS * 1000);
    const session = { hash: credentialHash(value), expiresAt };
    const created = await this.stores.audit.act(
      { ...by, accountId: String(id), name },
      (m) => this.stores.sessions.create({ id, passwordHash }, session, m),
      (isCreated) => (isCreated ? { action: 'user.sign_in', ownerId: id, data: { method: 'password' } } : undefined),
    );
    if (!created) throw new HubError('Unauthorized', SIGN_IN_MESSAGE); // the password was changed or the account disabled in the meantime
    return value;
  }

  private async deleteExpired(now: Date): Promise<void> {
    if (now.getTime() - this.lastCleanup < CLEANUP_INTERVAL_MS) return;
    this.lastCleanup = now.getTime();
    await this.stores.sessions.deleteExpired(now);
  }
}
