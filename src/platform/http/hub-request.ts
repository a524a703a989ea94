import type { Request } from 'express';
import type { Caller } from '../../hub/language/caller.js';

/** What the request's `X-Admin-Token` is worth. */
export type AdminAccess = 'granted' | 'missing' | 'wrong' | 'disabled';

/** A request that has passed `CallerGuard`: it says who asks, and carries no credential any more. */
export interface HubRequest extends Request {
  caller: Caller;
  adminAccess: AdminAccess;
  /** A capability that the hub itself has signed, where the bearer's token was one: who issued it verifies it. */
  grant?: string;
}
