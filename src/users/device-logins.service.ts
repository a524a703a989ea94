import { randomBytes, randomInt } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Caller } from '../domain/caller.js';
import { HubError } from '../domain/hub-error.js';
import { requireSession } from '../domain/require-caller.js';
import { AuditLog } from '../platform/audit/audit-log.service.js';
import { CLOCK, type Clock } from '../platform/config/clock.js';
import { AuthLimitsService } from './auth-limits.service.js';
import { credentialHash } from './callers.service.js';
import type { DeviceLoginEntity } from './device-login.entity.js';
import { DeviceLoginStore } from './device-login.store.js';
import { roleOfScope } from './oauth-client.js';
import { newUserCode, parseUserCode } from './user-code.js';

/** How long a user has to confirm a code. */
export const DEVICE_CODE_SECONDS = 15 * 60;
/** How long a program waits between two requests for its token. */
export const POLL_SECONDS = 2;
/** How long expired logins are kept, so that programs learn that theirs has expired. */
const KEPT_MS = 15 * 60 * 1000;
const MAX_USER_AGENT_LENGTH = 200;

/** The request of a program for a device code. */
export interface DeviceLoginRequest {
  readonly clientId: string;
  readonly scope: string | undefined;
  /** IP address of the program. */
  readonly address: string;
  readonly userAgent: string;
}

/** A code that a caller enters. */
export interface CodeEntry {
  readonly caller: Caller;
  readonly address: string;
  readonly code: string;
}

/** Signs in programs without a browser, by a code that a signed-in user confirms (RFC 8628). */
@Injectable()
export class DeviceLogins {
  constructor(
    private readonly logins: DeviceLoginStore,
    private readonly limits: AuthLimitsService,
    private readonly audit: AuditLog,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * @returns the device code, which is not stored, and the code for the user
   * @throws HubError `RateLimited`
   */
  async start(request: DeviceLoginRequest): Promise<{ readonly deviceCode: string; readonly userCode: string }> {
    await this.limits.consumeDeviceCode(request.address);
    const now = this.clock();
    await this.logins.deleteExpired(new Date(now.getTime() - KEPT_MS));
    const deviceCode = randomBytes(32).toString('base64url');
    const userCode = newUserCode(randomInt);
    await this.logins.create({
      deviceHash: credentialHash(deviceCode),
      userCode,
      clientId: request.clientId,
      role: roleOfScope(request.scope),
      address: request.address,
      userAgent: request.userAgent.slice(0, MAX_USER_AGENT_LENGTH),
      accountId: null,
      approved: null,
      createdAt: now,
      expiresAt: new Date(now.getTime() + DEVICE_CODE_SECONDS * 1000),
      polledAt: null,
      pollSeconds: POLL_SECONDS,
    });
    return { deviceCode, userCode };
  }

  /**
   * The login that waits for a code.
   * @throws HubError `Forbidden` for access tokens, `NotFound` for a wrong, used or expired code, `RateLimited` after too many of them
   */
  async find(entry: CodeEntry): Promise<DeviceLoginEntity> {
    return this.findOpen(entry, requireSession(entry.caller).accountId);
  }

  /**
   * Confirms or denies a login, once.
   * @throws HubError see `find`
   */
  async decide(entry: CodeEntry, approved: boolean): Promise<DeviceLoginEntity> {
    const { accountId } = requireSession(entry.caller);
    const login = await this.findOpen(entry, accountId);
    const { clientId, address, role } = login;
    const decided = await this.audit.act(
      entry.caller,
      (m) => this.logins.decide(login.userCode, { accountId, approved }, { now: this.clock(), m }),
      (isDecided) =>
        isDecided
          ? {
              action: approved ? 'token.approve_device' : 'token.deny_device',
              ownerId: accountId,
              object: clientId,
              data: { address, role },
            }
          : undefined,
    );
    if (!decided) throw unknownCode();
    return login;
  }

  /** Counts wrong codes, so that codes of others cannot be guessed. */
  private async findOpen({ code, address }: CodeEntry, accountId: number): Promise<DeviceLoginEntity> {
    const attempt = await this.limits.startCodeAttempt(accountId, address);
    const userCode = parseUserCode(code);
    const login = userCode === undefined ? null : await this.logins.findOpen(userCode, this.clock());
    if (!login) throw unknownCode();
    await attempt.succeed();
    return login;
  }
}

const unknownCode = (): HubError =>
  new HubError(
    'NotFound',
    'This code is wrong, has expired or was already used. Check it, or start again to get a new one.',
  );
