import { Inject, Injectable } from '@nestjs/common';
import type { RateLimiterAbstract } from 'rate-limiter-flexible';
import { consume } from '../cluster/consume.js';
import { NEW_LIMITER, type NewLimiter } from '../cluster/new-limiter.js';
import { HUB_CONFIG, type HubConfig } from '../config/hub-config.js';
import { clientKey } from './client-address.js';
import type { HubRequest } from './hub-request.js';
import { RATE_CLASSES, type RateAllowance, type RateClass } from './routes/rate-classes.js';

const WINDOW_SECONDS = 60;
const CLASSES = Object.keys(RATE_CLASSES) as RateClass[];

type Limiters = Readonly<Record<'account' | 'anonymous', RateLimiterAbstract>>;

/** Limits the requests of a client per minute, by the rate class of the route. Requests with the admin token are not counted. */
@Injectable()
export class RateLimits {
  private readonly limiters: ReadonlyMap<RateClass, Limiters>;

  constructor(@Inject(HUB_CONFIG) config: HubConfig, @Inject(NEW_LIMITER) newLimiter: NewLimiter) {
    const { rateLimitFactor: factor } = config;
    const limiter = (rate: RateClass, who: keyof Limiters): RateLimiterAbstract => {
      const { account, anonymous = account }: RateAllowance = RATE_CLASSES[rate];
      const points = Math.max(1, Math.round((who === 'account' ? account : anonymous) * factor));
      return newLimiter({ name: `${rate}-${who}`, points, duration: WINDOW_SECONDS });
    };
    this.limiters = new Map(
      (factor === 0 ? [] : CLASSES).map((rate) => [
        rate,
        { account: limiter(rate, 'account'), anonymous: limiter(rate, 'anonymous') },
      ]),
    );
  }

  /** @throws HubError `RateLimited` if the client has sent too many requests of this class */
  async count(rate: RateClass, request: HubRequest): Promise<void> {
    const limiters = this.limiters.get(rate);
    if (limiters === undefined || request.adminAccess === 'granted') return;
    const who = request.caller.accountId === undefined ? 'anonymous' : 'account';
    await consume(limiters[who], clientKey(request), MESSAGES[who]);
  }
}

const MESSAGES = {
  account: 'Your account has sent too many requests. Wait a moment, then try again.',
  anonymous: 'Your address has sent too many requests. Wait a moment, then try again, or sign in for a higher limit.',
} as const;
