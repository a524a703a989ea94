import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import type { AuditAction } from '../domain/audit-actions.js';
import type { Caller } from '../domain/caller.js';
import type { HubError } from '../domain/hub-error.js';
import { AuditLog, type AuditEvent } from '../platform/audit/audit-log.service.js';
import { CLOCK, type Clock } from '../platform/config/clock.js';
import { newAccessToken } from './accounts.service.js';
import type { TokenRole } from '../domain/caller.js';
import { CallersService, credentialHash } from './callers.service.js';
import type { DeviceLoginEntity } from './device-login.entity.js';
import { DeviceLoginStore } from './device-login.store.js';
import { oauthError } from './oauth-error.js';
import { OauthLoginStore, type RevokedLogin, type TokenPair } from './oauth-login.store.js';

const DAY_SECONDS = 24 * 60 * 60;
/** `huggingface_hub` refreshes a token when it is valid for less than a day. */
export const ACCESS_TOKEN_SECONDS = 30 * DAY_SECONDS;
/** A machine that is not used for longer has to sign in again. */
const REFRESH_TOKEN_SECONDS = 90 * DAY_SECONDS;
/** How long a replaced access token remains valid: other processes of the client have it as well. */
const OVERLAP_SECONDS = DAY_SECONDS;
/** Processes may send the same refresh token at the same time, or again because they lost the reply. This is not a sign of theft. */
const REUSE_GRACE_SECONDS = 60;
/** Clocks and networks are not exact, so a program may ask a little earlier. */
const POLL_TOLERANCE_MS = 500;
const SLOW_DOWN_SECONDS = 5;
const MAX_POLL_SECONDS = 60;

/** The tokens of a login. They are not stored. */
export interface IssuedTokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly role: TokenRole;
}

/** The request of a program for its tokens. */
export interface RedeemedAt {
  /** Host of this hub, for the name of the token. */
  readonly host: string;
  /** The caller, for the audit log. */
  readonly by?: Caller;
}

/** Issues and refreshes the tokens of programs that were signed in with a device code. */
@Injectable()
export class OauthTokens {
  constructor(
    private readonly devices: DeviceLoginStore,
    private readonly logins: OauthLoginStore,
    private readonly callers: CallersService,
    private readonly audit: AuditLog,
    @InjectDataSource() private readonly database: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * @throws HubError in the format of OAuth, while the login is not confirmed and if it cannot be
   */
  async redeem(deviceCode: string, clientId: string, { host, by }: RedeemedAt): Promise<IssuedTokens> {
    const now = this.clock();
    await this.logins.deleteExpired(now);
    const hash = credentialHash(deviceCode);
    const { tokens, pair } = newPair(now);
    const redeemed = await this.actOfHolder(by, { action: 'token.create', clientId }, (m) =>
      this.devices.redeem({ hash, clientId }, { ...pair, host }, { now, m }),
    );
    if (redeemed) return { ...tokens, role: redeemed.role };
    const login = await this.devices.findByDevice(hash, clientId);
    throw login ? await this.reasonToWait(login, now) : invalidGrant('device code');
  }

  /**
   * Replaces both tokens. A refresh token that was replaced before is a sign of theft, so its login is revoked (RFC 9700, section 4.14).
   * @throws HubError in the format of OAuth
   */
  async refresh(refreshToken: string, clientId: string, by?: Caller): Promise<IssuedTokens> {
    const now = this.clock();
    const refreshHash = credentialHash(refreshToken);
    const { tokens, pair } = newPair(now);
    const oldExpiresAt = secondsAfter(now, OVERLAP_SECONDS);
    const rotated = await this.actOfHolder(by, { action: 'token.rotate', clientId }, (m) =>
      this.logins.rotate({ refreshHash, clientId }, pair, { now, oldExpiresAt, m }),
    );
    if (rotated) return { ...tokens, role: rotated.role };
    const latest = secondsAfter(now, REFRESH_TOKEN_SECONDS - REUSE_GRACE_SECONDS);
    const revoked = await this.audit.act(
      by,
      (m) => this.logins.deleteReused(m, refreshHash, latest),
      (token) => token && tokenEvent('token.delete', token, clientId),
    );
    if (revoked) await this.callers.invalidate(revoked.accountId);
    throw invalidGrant('refresh token');
  }

  /** Records an act of the account that the token belongs to: the program has shown one of its codes. */
  private actOfHolder<T extends RevokedLogin>(
    by: Caller | undefined,
    { action, clientId }: { readonly action: AuditAction; readonly clientId: string },
    work: (m: EntityManager) => Promise<T | undefined>,
  ): Promise<T | undefined> {
    return this.database.transaction(async (m) => {
      const token = await work(m);
      if (!token) return undefined;
      const holder = {
        accountId: String(token.accountId),
        tokenId: token.id,
        ...(by?.origin && { origin: by.origin }),
      };
      await this.audit.record(m, holder, tokenEvent(action, token, clientId));
      return token;
    });
  }

  private async reasonToWait(login: DeviceLoginEntity, now: Date): Promise<HubError> {
    const { deviceHash, expiresAt, approved, polledAt, pollSeconds } = login;
    if (expiresAt <= now) return oauthError('expired_token', 'The device code has expired. Start again.');
    if (approved === false) return oauthError('access_denied', 'The user has denied the request.');
    const tooEarly = polledAt !== null && now.getTime() < polledAt.getTime() + pollSeconds * 1000 - POLL_TOLERANCE_MS;
    const nextSeconds = tooEarly ? Math.min(pollSeconds + SLOW_DOWN_SECONDS, MAX_POLL_SECONDS) : pollSeconds;
    await this.devices.recordPoll(deviceHash, { polledAt: now, pollSeconds: nextSeconds });
    return tooEarly
      ? oauthError('slow_down', `Wait ${nextSeconds} seconds between requests.`)
      : oauthError('authorization_pending', 'The user has not confirmed the code yet.');
  }
}

const tokenEvent = (action: AuditAction, { id, accountId, name }: RevokedLogin, client: string): AuditEvent => ({
  action,
  ownerId: accountId,
  object: name,
  data: { id, client },
});

const secondsAfter = (time: Date, seconds: number): Date => new Date(time.getTime() + seconds * 1000);

const invalidGrant = (what: string): HubError =>
  oauthError('invalid_grant', `The ${what} is unknown, was revoked or was already used. Sign in again.`);

function newPair(now: Date): { readonly tokens: Omit<IssuedTokens, 'role'>; readonly pair: TokenPair } {
  const [accessToken, refreshToken] = [newAccessToken(), randomBytes(32).toString('base64url')];
  const pair = {
    hash: credentialHash(accessToken),
    expiresAt: secondsAfter(now, ACCESS_TOKEN_SECONDS),
    refreshHash: credentialHash(refreshToken),
    refreshExpiresAt: secondsAfter(now, REFRESH_TOKEN_SECONDS),
  };
  return { tokens: { accessToken, refreshToken }, pair };
}
