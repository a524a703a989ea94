import type { Request } from 'express';
import type { Caller } from '../../domain/caller.js';
import type { RepoId } from '../../domain/repo-id.js';
import type { UrlBuilder } from '../../domain/url-builder.js';

/** Result of checking the `X-Admin-Token` header. */
export type AdminAccess = 'granted' | 'missing' | 'wrong' | 'disabled';

/** Facts about a request for metrics, logs and traces, added while it is handled. */
export interface RequestFacts {
  /** Route pattern, if one Express route handles several. */
  routeName?: string;
  /** The repository that the request is about. */
  repo?: RepoId;
  /** Operation that was resolved through sources, or would have been. */
  operation?: string;
  /** Names of the sources that the response comes from. */
  source?: string;
  traceId?: string;
}

/** A request after `CallerGuard`: it has a caller and no credentials. */
export interface HubRequest extends Request, RequestFacts {
  /** Builds the URLs of this hub in the response. */
  readonly urls: UrlBuilder;
  caller: Caller;
  adminAccess: AdminAccess;
  /** Whether the request had an `Authorization` header, which some clients repeat at the target of a redirect on any host. */
  hadAuthorization?: boolean;
  /** Whether the request had any credentials, and the client may repeat them at the target of a redirect on any host. */
  mayRepeatCredentials?: boolean;
  /** A capability signed by the hub, if the bearer token was one. Not verified yet. */
  grant?: string;
  /** The bearer token, on routes with `OwnCredentials`. */
  bearer?: string;
}

/** Whether the response should include `X-Fallback-Trace`. Only administrators may see which sources were tried. */
export const isTraceRequested = ({ adminAccess, headers }: HubRequest): boolean =>
  adminAccess === 'granted' && headers['x-fallback-trace'] === '1';
