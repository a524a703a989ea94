import { Inject, Injectable } from '@nestjs/common';
import type { RateLimiterAbstract, RateLimiterRes } from 'rate-limiter-flexible';
import { HUB_CONFIG, type HubConfig } from '../config/hub-config.js';
import { NEW_LIMITER, type NewLimiter } from '../cluster/new-limiter.js';
import type { AdminAccess } from './hub-request.js';
import { secretComparer } from './secret-comparer.js';

const WRONG_TRIES = 10;
const REQUESTS = 600;
const MINUTE = 60;

const wholeSeconds = (used: RateLimiterRes): number => Math.max(1, Math.ceil(used.msBeforeNext / 1000));

/** Judges admin tokens, and slows down who guesses them. An address is the connection's own: forwarded headers are not trusted. */
@Injectable()
export class AdminAccessService {
  private readonly isRight: (token: string) => boolean;
  private readonly enabled: boolean;
  private readonly wrongTries: RateLimiterAbstract;
  private readonly requests: RateLimiterAbstract;

  constructor(@Inject(HUB_CONFIG) config: HubConfig, @Inject(NEW_LIMITER) limiter: NewLimiter) {
    this.wrongTries = limiter({ name: 'admin', points: WRONG_TRIES, duration: MINUTE });
    this.requests = limiter({ name: 'admin-requests', points: REQUESTS, duration: MINUTE });
    this.enabled = config.admin.enabled;
    this.isRight = secretComparer(config.admin.token);
  }

  /** What a request without the header may do. */
  get withoutToken(): AdminAccess {
    return this.enabled ? 'missing' : 'disabled';
  }

  /** Whoever has guessed wrong too often is told "wrong" without a look at the token, on every route that takes one. */
  async judge(token: string, address: string): Promise<AdminAccess> {
    if (!this.enabled) return 'disabled';
    const tries = await this.wrongTries.get(address);
    const maySee = tries === null || tries.consumedPoints < WRONG_TRIES;
    if (maySee && this.isRight(token)) return 'granted';
    await this.wrongTries.penalty(address);
    return 'wrong';
  }

  /** Counts a request to the admin API: the whole seconds its sender has to wait, or undefined to go on. */
  async secondsToWait(address: string): Promise<number | undefined> {
    const [tries, requests] = await Promise.all([this.wrongTries.get(address), this.requests.penalty(address)]);
    if (tries !== null && tries.consumedPoints > WRONG_TRIES) return wholeSeconds(tries);
    return requests.consumedPoints > REQUESTS ? wholeSeconds(requests) : undefined;
  }
}
