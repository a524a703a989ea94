import { randomBytes } from 'node:crypto';
import { HubError } from '../domain/hub-error.js';
import { SIGN_IN_MESSAGE } from '../domain/require-caller.js';
import { SESSION_SECONDS } from '../platform/http/session-cookie.js';
import type { AccountEntity } from './account.entity.js';
import { AccountStore } from './account.store.js';
import { CallersService, credentialHash } from './callers.service.js';
import { PasswordStore } from './password.store.js';
import { PasswordsService } from './passwords.service.js';
import { SessionStore } from './session.store.js';
import { AuthLimitsService } from './auth-limits.service.js';

const SWEEP_EVERY_MS = 60 * 60 * 1000;

/** Who wants to come in, with what, and from where. */
export interface SignInAttempt {
  readonly name: string;
  readonly password: string;
  /** Of the connection. */
  readonly address: string;
}

/** The tables that sessions are about. */
export interface SignInStores {
  readonly accounts: AccountStore;
  readonly passwords: PasswordStore;
  readonly sessions: SessionStore;
}

/** Begins and ends sessions. */
export class SignInService {
  private sweptAt = 0;

  constructor(
    private readonly stores: SignInStores,
    private readonly passwords: PasswordsService,
    private readonly limits: AuthLimitsService,
    private readonly callers: CallersService,
    private readonly clock: () => Date,
  ) {}

  /**
   * The account, and the value of its new session's cookie, seen this once.
   * @throws HubError `Unauthorized` for a wrong password and for nobody's name alike, `Forbidden` for a disabled account with the right
   * password, `RateLimited` after too many tries
   */
  async signIn({ name, password, address }: SignInAttempt): Promise<{ account: AccountEntity; session: string }> {
    await this.limits.consumePasswordAttempt(name, address);
    const account = await this.stores.accounts.find(name);
    const passwordHash = account ? await this.stores.passwords.hashOf(account.id) : undefined;
    const right = await this.passwords.fits(password, passwordHash);
    if (!right || !account || passwordHash === undefined) throw new HubError('Unauthorized', SIGN_IN_MESSAGE);
    await this.limits.refundPasswordAttempt(name, address);
    if (account.disabledAt) throw new HubError('Forbidden', 'This account is disabled; ask the administrator');
    const session = await this.open(account.id, passwordHash);
    return { account, session };
  }

  /** Ends a session. */
  async signOut(session: { readonly accountId: number; readonly sessionId: number }): Promise<void> {
    await this.stores.sessions.delete(session.sessionId);
    await this.callers.forget(session.accountId);
  }

  private async open(id: number, passwordHash: string): Promise<string> {
    const value = randomBytes(32).toString('base64url');
    const now = this.clock();
    await this.sweep(now);
    const expiresAt = new Date(now.getTime() + SESSION_SECONDS * 1000);
    const opened = await this.stores.sessions.open({ id, passwordHash }, { hash: credentialHash(value), expiresAt });
    if (!opened) throw new HubError('Unauthorized', SIGN_IN_MESSAGE); // changed or disabled a moment ago
    return value;
  }

  private async sweep(now: Date): Promise<void> {
    if (now.getTime() - this.sweptAt < SWEEP_EVERY_MS) return;
    this.sweptAt = now.getTime();
    await this.stores.sessions.deleteExpired(now);
  }
}
