import { Inject, Injectable } from '@nestjs/common';
import ipaddr from 'ipaddr.js';
import type { RateLimiterAbstract, RateLimiterRes } from 'rate-limiter-flexible';
import { HubError } from '../domain/hub-error.js';
import { lookupName } from '../domain/lookup-key.js';
import { NEW_LIMITER, type NewLimiter } from '../platform/cluster/new-limiter.js';

const QUARTER_HOUR = 15 * 60;
const HOUR = 60 * 60;

/** Wrong passwords in a quarter of an hour: for one account, from wherever … */
export const MAX_PASSWORD_FAILURES_PER_ACCOUNT = 10;
/** … and from one address, at whichever accounts. People behind one proxy share an address. */
export const MAX_PASSWORD_FAILURES_PER_ADDRESS = 100;
/** New accounts from one address in an hour. */
export const MAX_REGISTRATIONS_PER_ADDRESS = 60;

/** One household has 2^64 addresses in IPv6: they count as one. */
function senderOf(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  return parsed instanceof ipaddr.IPv6 ? parsed.parts.slice(0, 4).join(':') : parsed.toString();
}

async function consume(limiter: RateLimiterAbstract, key: string): Promise<void> {
  try {
    await limiter.consume(key);
  } catch (used) {
    const retryAfter = Math.max(1, Math.ceil((used as RateLimiterRes).msBeforeNext / 1000));
    throw new HubError('RateLimited', 'Too many tries; wait a while before the next one', { retryAfter });
  }
}

/** Slows down who guesses passwords or makes accounts in numbers. Addresses are the connections' own: forwarded ones are not trusted. */
@Injectable()
export class AuthLimitsService {
  private readonly byName: RateLimiterAbstract;
  private readonly byAddress: RateLimiterAbstract;
  private readonly registrations: RateLimiterAbstract;

  constructor(@Inject(NEW_LIMITER) limiter: NewLimiter) {
    this.byName = limiter({ name: 'password', points: MAX_PASSWORD_FAILURES_PER_ACCOUNT, duration: QUARTER_HOUR });
    this.byAddress = limiter({ name: 'address', points: MAX_PASSWORD_FAILURES_PER_ADDRESS, duration: QUARTER_HOUR });
    this.registrations = limiter({ name: 'registration', points: MAX_REGISTRATIONS_PER_ADDRESS, duration: HOUR });
  }

  /** Counts a try before it is made, so that many at once do not slip through. @throws HubError `RateLimited` */
  async consumePasswordAttempt(name: string, address: string): Promise<void> {
    await consume(this.byAddress, senderOf(address));
    await consume(this.byName, lookupName(name));
  }

  /** The password was right: that try does not count. */
  async refundPasswordAttempt(name: string, address: string): Promise<void> {
    await this.byAddress.reward(senderOf(address));
    await this.byName.reward(lookupName(name));
  }

  /** @throws HubError `RateLimited` */
  async consumeRegistration(address: string): Promise<void> {
    await consume(this.registrations, senderOf(address));
  }
}
