import type { Request } from 'express';
import type { Caller } from '../../domain/caller.js';

/** What the request's `X-Admin-Token` is worth. */
export type AdminAccess = 'granted' | 'missing' | 'wrong' | 'disabled';

/** What is found out about a request while it is answered, for figures, logs and traces. */
export interface RequestFacts {
  /** The pattern of what was asked, where one route of Express answers several. */
  routeName?: string;
  /** What a source was asked, or would have been. */
  operation?: string;
  /** The source, or sources, that it was answered from. */
  source?: string;
  /** The trace that it belongs to, where there is one. */
  traceId?: string;
}

/** A request that has passed `CallerGuard`: it says who asks, and carries no credential any more. */
export interface HubRequest extends Request, RequestFacts {
  caller: Caller;
  adminAccess: AdminAccess;
  /** A capability that the hub itself has signed, where the bearer's token was one: who issued it verifies it. */
  grant?: string;
  /** The bearer's token, on a route with credentials of its own (`OwnCredentials`). */
  bearer?: string;
}
