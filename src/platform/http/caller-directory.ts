import type { Caller } from '../../domain/caller.js';

/** Knows which local account a credential belongs to. The room of users provides it; the guard at the door asks it. */
export interface CallerDirectory {
  /** Undefined for a token that nobody has. */
  findCaller(token: string): Promise<Caller | undefined>;
  /** Undefined for the cookie of a session that has ended, or never was. */
  findSession(value: string): Promise<Caller | undefined>;
}

/** Injection token of the caller directory. */
export const CALLER_DIRECTORY = Symbol('CallerDirectory');
