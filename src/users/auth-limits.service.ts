import { Inject, Injectable } from '@nestjs/common';
import ipaddr from 'ipaddr.js';
import type { RateLimiterAbstract, RateLimiterRes } from 'rate-limiter-flexible';
import { HubError } from '../domain/hub-error.js';
import { lookupName } from '../domain/lookup-key.js';
import { NEW_LIMITER, type NewLimiter } from '../platform/cluster/new-limiter.js';

const QUARTER_HOUR_SECONDS = 15 * 60;
const HOUR_SECONDS = 60 * 60;

/** Wrong passwords per account in 15 minutes, from all addresses together. */
export const MAX_PASSWORD_FAILURES_PER_ACCOUNT = 10;
/** Wrong passwords per address in 15 minutes, for all accounts together. Users behind one proxy share an address. */
export const MAX_PASSWORD_FAILURES_PER_ADDRESS = 100;
/** New accounts per address in one hour. */
export const MAX_REGISTRATIONS_PER_ADDRESS = 60;

/** An IPv6 /64 network (one household) counts as a single address. */
function networkOf(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  return parsed instanceof ipaddr.IPv6 ? parsed.parts.slice(0, 4).join(':') : parsed.toString();
}

async function consume(limiter: RateLimiterAbstract, key: string): Promise<void> {
  try {
    await limiter.consume(key);
  } catch (result) {
    const retryAfter = Math.max(1, Math.ceil((result as RateLimiterRes).msBeforeNext / 1000));
    throw new HubError('RateLimited', 'Too many attempts', { retryAfter });
  }
}

/** Limits password guessing and mass registration. Uses the address of the connection, since forwarded addresses are not trusted. */
@Injectable()
export class AuthLimitsService {
  private readonly byAccount: RateLimiterAbstract;
  private readonly byAddress: RateLimiterAbstract;
  private readonly registrations: RateLimiterAbstract;

  constructor(@Inject(NEW_LIMITER) newLimiter: NewLimiter) {
    this.byAccount = newLimiter({
      name: 'password',
      points: MAX_PASSWORD_FAILURES_PER_ACCOUNT,
      duration: QUARTER_HOUR_SECONDS,
    });
    this.byAddress = newLimiter({
      name: 'address',
      points: MAX_PASSWORD_FAILURES_PER_ADDRESS,
      duration: QUARTER_HOUR_SECONDS,
    });
    this.registrations = newLimiter({
      name: 'registration',
      points: MAX_REGISTRATIONS_PER_ADDRESS,
      duration: HOUR_SECONDS,
    });
  }

  /**
   * Counts an attempt before the password is verified, so that concurrent attempts cannot bypass the limit.
   * @throws HubError `RateLimited`
   */
  async consumePasswordAttempt(name: string, address: string): Promise<void> {
    await consume(this.byAddress, networkOf(address));
    await consume(this.byAccount, lookupName(name));
  }

  /** Reverts the count of an attempt whose password was correct. */
  async refundPasswordAttempt(name: string, address: string): Promise<void> {
    await this.byAddress.reward(networkOf(address));
    await this.byAccount.reward(lookupName(name));
  }

  /** @throws HubError `RateLimited` */
  async consumeRegistration(address: string): Promise<void> {
    await consume(this.registrations, networkOf(address));
  }
}
