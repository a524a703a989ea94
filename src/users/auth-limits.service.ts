import { Inject, Injectable } from '@nestjs/common';
import type { RateLimiterAbstract } from 'rate-limiter-flexible';
import { lookupName } from '../domain/lookup-key.js';
import { consume } from '../platform/cluster/consume.js';
import { NEW_LIMITER, type NewLimiter } from '../platform/cluster/new-limiter.js';
import { networkOf } from '../platform/http/client-address.js';

const MINUTE_SECONDS = 60;
const QUARTER_HOUR_SECONDS = 15 * MINUTE_SECONDS;
const HOUR_SECONDS = 60 * MINUTE_SECONDS;
const TWO_WEEKS_SECONDS = 14 * 24 * HOUR_SECONDS;

/** Wrong passwords for one account from one address. The wait grows with their number: a minute, then 15 minutes, then an hour. */
export const PASSWORD_FAILURES_PER_ACCOUNT_AND_ADDRESS = [
  { points: 10, duration: MINUTE_SECONDS },
  { points: 30, duration: QUARTER_HOUR_SECONDS },
  { points: 60, duration: HOUR_SECONDS },
] as const;
/** Wrong passwords for one account in 15 minutes, from all addresses together that its owner has not signed in from. */
export const MAX_PASSWORD_FAILURES_PER_ACCOUNT = 100;
/** Wrong passwords from one address in 15 minutes, for all accounts together that have not signed in from there. */
export const MAX_PASSWORD_FAILURES_PER_ADDRESS = 1000;
/** New accounts per address in one hour. */
export const MAX_REGISTRATIONS_PER_ADDRESS = 60;

/** Device codes per address in 15 minutes. */
export const MAX_DEVICE_CODES_PER_ADDRESS = 100;
/** Wrong user codes in 15 minutes, of an account and of all accounts at an address. There are 20⁸ codes, each valid for 15 minutes. */
export const MAX_WRONG_CODES = { account: 10, address: 100 } as const;

/** Wrong tokens of invitations from one address in 15 minutes. */
export const MAX_WRONG_INVITATIONS_PER_ADDRESS = 100;

/** An attempt that counts as failed until its password or code is found to be right. */
export interface CountedAttempt {
  /** Reverts the count of the attempt. A right password also records that the account signs in from this address. */
  succeed(): Promise<void>;
}

const TOO_MANY = 'Too many attempts';

/**
 * Limits password guessing and mass registration.
 *
 * The main limit is per account and address, so that other users cannot lock out the owner of an account, and one user cannot lock out the
 * others behind the same address. Guessing from many addresses, or for many accounts, has limits that do not apply to an account at an
 * address where it has signed in before.
 */
@Injectable()
export class AuthLimitsService {
  private readonly byAccountAndAddress: readonly RateLimiterAbstract[];
  private readonly byAccount: RateLimiterAbstract;
  private readonly byAddress: RateLimiterAbstract;
  private readonly knownAddresses: RateLimiterAbstract;
  private readonly registrations: RateLimiterAbstract;
  private readonly deviceCodes: RateLimiterAbstract;
  private readonly wrongInvitations: RateLimiterAbstract;
  private readonly wrongCodes: Readonly<Record<keyof typeof MAX_WRONG_CODES, RateLimiterAbstract>>;

  constructor(@Inject(NEW_LIMITER) newLimiter: NewLimiter) {
    this.byAccountAndAddress = PASSWORD_FAILURES_PER_ACCOUNT_AND_ADDRESS.map((allowance) =>
      newLimiter({ ...allowance, name: `password-${allowance.duration}` }),
    );
    const limit = (name: string, points: number, duration: number): RateLimiterAbstract =>
      newLimiter({ name, points, duration });
    this.byAccount = limit('account', MAX_PASSWORD_FAILURES_PER_ACCOUNT, QUARTER_HOUR_SECONDS);
    this.byAddress = limit('address', MAX_PASSWORD_FAILURES_PER_ADDRESS, QUARTER_HOUR_SECONDS);
    this.knownAddresses = limit('known-address', 1, TWO_WEEKS_SECONDS);
    this.registrations = limit('registration', MAX_REGISTRATIONS_PER_ADDRESS, HOUR_SECONDS);
    this.deviceCodes = limit('device-code', MAX_DEVICE_CODES_PER_ADDRESS, QUARTER_HOUR_SECONDS);
    this.wrongInvitations = limit('invitation', MAX_WRONG_INVITATIONS_PER_ADDRESS, QUARTER_HOUR_SECONDS);
    this.wrongCodes = {
      account: limit('user-code', MAX_WRONG_CODES.account, QUARTER_HOUR_SECONDS),
      address: limit('user-code-address', MAX_WRONG_CODES.address, QUARTER_HOUR_SECONDS),
    };
  }

  /**
   * Counts an attempt before the password is verified, so that concurrent attempts cannot bypass the limits.
   * @throws HubError `RateLimited`
   */
  async startPasswordAttempt(name: string, address: string): Promise<CountedAttempt> {
    const [account, network] = [lookupName(name), networkOf(address)];
    const pair = `${network}|${account}`;
    const isKnown = (await this.knownAddresses.get(pair)) !== null;
    const limits: (readonly [RateLimiterAbstract, string])[] = [
      ...this.byAccountAndAddress.map((limiter) => [limiter, pair] as const),
      ...(isKnown
        ? []
        : ([
            [this.byAddress, network],
            [this.byAccount, account],
          ] as const)),
    ];
    for (const [limiter, key] of limits) await consume(limiter, key, TOO_MANY);
    const succeed = async (): Promise<void> => {
      await Promise.all(limits.map(([limiter, key]) => limiter.reward(key)));
      if (!isKnown) await this.knownAddresses.penalty(pair);
    };
    return { succeed };
  }

  /** @throws HubError `RateLimited` */
  async consumeRegistration(address: string): Promise<void> {
    await consume(this.registrations, networkOf(address), TOO_MANY);
  }

  /** @throws HubError `RateLimited` */
  async consumeDeviceCode(address: string): Promise<void> {
    await consume(this.deviceCodes, networkOf(address), TOO_MANY);
  }

  /**
   * Counts an attempt to enter the code of a device before it is looked up.
   * @throws HubError `RateLimited`
   */
  async startCodeAttempt(accountId: number, address: string): Promise<CountedAttempt> {
    return countAttempt([
      [this.wrongCodes.account, `${accountId}`],
      [this.wrongCodes.address, networkOf(address)],
    ]);
  }

  /**
   * Counts the use of a link of an invitation before it is looked up.
   * @throws HubError `RateLimited`
   */
  startInvitationAttempt(address: string): Promise<CountedAttempt> {
    return countAttempt([[this.wrongInvitations, networkOf(address)]]);
  }
}

/** @throws HubError `RateLimited` */
async function countAttempt(limits: readonly (readonly [RateLimiterAbstract, string])[]): Promise<CountedAttempt> {
  for (const [limiter, key] of limits) await consume(limiter, key, TOO_MANY);
  return {
    succeed: async () => void (await Promise.all(limits.map(([limiter, key]) => limiter.reward(key)))),
  };
}
