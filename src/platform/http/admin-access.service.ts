import { Inject, Injectable } from '@nestjs/common';
import type { RateLimiterAbstract, RateLimiterRes } from 'rate-limiter-flexible';
import { NEW_LIMITER, type NewLimiter } from '../cluster/new-limiter.js';
import { HUB_CONFIG, type HubConfig } from '../config/hub-config.js';
import { clientAddress, networkOf } from './client-address.js';
import { isAdministrator } from '../../domain/caller.js';
import { HubError } from '../../domain/hub-error.js';
import type { AdminAccess, HubRequest } from './hub-request.js';
import { secretComparer } from './secret-comparer.js';
import { secretFinder } from './secret-finder.js';

const MAX_WRONG_TOKENS = 10;
const MAX_REQUESTS = 600;
const WINDOW_SECONDS = 60;
/** The shortest admin token that is searched for in other texts. */
const MIN_FOUND = 12;
/** For callers who have not sent it: shorter ones could be guessed with requests, whose number is not limited here. */
const MIN_FOUND_FOR_ALL = 20;

const REFUSALS = {
  missing: [
    'Unauthorized',
    'The admin API requires an administrator. Sign in as one, or send the X-Admin-Token header.',
  ],
  account: [
    'Forbidden',
    'This account is not an administrator, or its access token has no permission for the admin API.',
  ],
  wrong: ['Forbidden', 'Wrong admin token. Check the X-Admin-Token header.'],
  disabled: ['ServiceDisabled', 'The admin API is disabled'],
} as const;

const secondsUntilReset = (used: RateLimiterRes): number => Math.max(1, Math.ceil(used.msBeforeNext / 1000));

/**
 * Checks admin tokens and limits attempts to guess them, per client address. The right token is always accepted, because others may share
 * the address and send wrong ones; only the wrong ones are counted and refused.
 */
@Injectable()
export class AdminAccessService {
  private readonly isAdminToken: (token: string) => boolean;
  private readonly containsAdminToken: (text: string) => boolean;
  private readonly tokenLength: number;
  private readonly enabled: boolean;
  private readonly wrongTokens: RateLimiterAbstract;
  private readonly requests: RateLimiterAbstract;
  private readonly refusedRequests: RateLimiterAbstract;

  constructor(@Inject(HUB_CONFIG) config: HubConfig, @Inject(NEW_LIMITER) newLimiter: NewLimiter) {
    this.wrongTokens = newLimiter({ name: 'admin', points: MAX_WRONG_TOKENS, duration: WINDOW_SECONDS });
    this.requests = newLimiter({ name: 'admin-requests', points: MAX_REQUESTS, duration: WINDOW_SECONDS });
    this.refusedRequests = newLimiter({ name: 'admin-refused', points: MAX_REQUESTS, duration: WINDOW_SECONDS });
    this.enabled = config.admin.enabled;
    this.isAdminToken = secretComparer(config.admin.token);
    this.containsAdminToken = secretFinder(config.admin.token);
    this.tokenLength = config.admin.token.length;
  }

  /** The access of a request without an admin token. */
  get accessWithoutToken(): AdminAccess {
    return this.enabled ? 'missing' : 'disabled';
  }

  /** Whether a text is the admin token, without counting an attempt. */
  isToken(text: string): boolean {
    return this.enabled && this.isAdminToken(text);
  }

  /**
   * Whether any of these texts contains the admin token.
   * @param isKnown - whether the caller has sent the admin token
   */
  isTokenIn(texts: readonly string[], isKnown: boolean): boolean {
    if (this.tokenLength < (isKnown ? MIN_FOUND : MIN_FOUND_FOR_ALL)) return false;
    return texts.some((text) => this.containsAdminToken(text));
  }

  async checkToken(token: string, address: string): Promise<AdminAccess> {
    if (!this.enabled) return 'disabled';
    if (this.isAdminToken(token)) return 'granted';
    await this.wrongTokens.penalty(networkOf(address));
    return 'wrong';
  }

  /**
   * Counts a request to the admin API. Requests with the right token have a separate limit, which others cannot exhaust.
   * @returns whole seconds after which the client may retry, or `undefined` if the request is within the limits
   */
  async countRequest(access: AdminAccess, address: string): Promise<number | undefined> {
    const network = networkOf(address);
    const attempts = access === 'wrong' ? await this.wrongTokens.get(network) : null;
    if (attempts !== null && attempts.consumedPoints > MAX_WRONG_TOKENS) return secondsUntilReset(attempts);
    const requests = await (access === 'granted' ? this.requests : this.refusedRequests).penalty(network);
    return requests.consumedPoints > MAX_REQUESTS ? secondsUntilReset(requests) : undefined;
  }

  /**
   * Requires an administrator, whom `CallerGuard` has identified before: an account with this role, or the admin token.
   *
   * @throws HubError `Unauthorized`, `Forbidden`, `ServiceDisabled`, and `RateLimited` beyond the limit of the admin API
   */
  async requireAdministrator(request: HubRequest): Promise<void> {
    const { caller } = request;
    const isAccount = this.enabled && request.adminAccess === 'missing' && isAdministrator(caller);
    const adminAccess = isAccount ? 'granted' : request.adminAccess;
    const retryAfter = await this.countRequest(adminAccess, clientAddress(request));
    if (retryAfter !== undefined)
      throw new HubError('RateLimited', 'Too many requests to the admin API', { retryAfter });
    if (adminAccess === 'granted') return;
    const isOther = adminAccess === 'missing' && caller.accountId !== undefined;
    const [code, message] = REFUSALS[isOther ? 'account' : adminAccess];
    throw new HubError(code, message);
  }
}
