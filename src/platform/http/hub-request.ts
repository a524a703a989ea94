import type { ServerResponse } from 'node:http';
import type { Request } from 'express';
import { isAdministrator, type Caller } from '../../domain/caller.js';
import type { RepoId } from '../../domain/repo-id.js';
import type { UrlBuilder } from '../../domain/url-builder.js';
import type { FlowCookies } from './flow-cookie.js';
import type { Turn } from '../async/fair-turns.js';
import type { BufferBudget } from '../storage/buffer-budget.js';

/** Result of checking the `X-Admin-Token` header. */
export type AdminAccess = 'granted' | 'missing' | 'wrong' | 'disabled';

/**
 * Where the bytes of a file come from: `own` from this hub, `held` from a copy of a file of a source, `relayed` from a source through the hub,
 * `redirected` from a source to the client. Own files and copies may be sent by the bucket.
 */
export type ServedKind = 'own' | 'held' | 'relayed' | 'redirected';

/** Bytes of a file. */
export interface ServedBytes {
  readonly kind: ServedKind;
  /** Label of the source in metrics; undefined for files of this hub. */
  readonly source?: string;
  /** Bytes so far; for a redirect, those that it leads to. */
  bytes: number;
}

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
  /** Whether the response is an error because of a source. */
  failedAtSource?: boolean;
  /** The bytes of a file that were sent, or that a redirect leads to. */
  served?: ServedBytes;
  traceId?: string;
}

/** Memory for a body. It is released when the response is closed. */
export interface BodyReservation {
  /** @throws HubError `RateLimited`, `Overloaded` */
  reserve(bytes: number): void;
}

/** The shares of clients in what the hub can do at the same time (ADR 26). */
export interface Shares {
  /**
   * Counts a request as in progress until its response is closed.
   * @throws HubError `RateLimited`, `Overloaded`
   */
  admit(request: HubRequest, response: ServerResponse): void;
  /**
   * Counts a response that is streamed, until it is closed.
   * @throws HubError `RateLimited`, `Overloaded`
   */
  stream(request: HubRequest, response: ServerResponse): void;
  /** The memory for the body of a request. */
  memoryFor(request: HubRequest): BodyReservation;
  /** Memory for the content of a request that is buffered while it is stored. It is not released when the response is closed. */
  buffersFor(request: HubRequest): BufferBudget;
  /** A turn for the client of a request, among the requests that are processed. */
  turnFor(request: HubRequest): Turn;
  /** Waits until a chunk of a body may be received or sent for the client of a request. Returns undefined if it does not have to wait. */
  chunkFor(request: HubRequest): Promise<void> | undefined;
}

/** A request after `CallerGuard`: it has a caller and no credentials. */
export interface HubRequest extends Request, RequestFacts {
  /** Builds the URLs of this hub in the response. */
  readonly urls: UrlBuilder;
  caller: Caller;
  /** Undefined in tests without the hub's server. */
  readonly shares?: Shares;
  /** Whether the request is counted among the requests in progress. */
  isAdmitted?: boolean;
  /** Paused while the request waits for its body, for sources, or for the client to read the response. Undefined before `ClientSharesGuard`. */
  turn?: Turn;
  adminAccess: AdminAccess;
  /** Whether the request had an `Authorization` header, which some clients repeat at the target of a redirect on any host. */
  hadAuthorization?: boolean;
  /** Whether the request had the token that registry clients without an account get. */
  hadAnonymousToken?: boolean;
  /** Whether the request had any credentials, and the client may repeat them at the target of a redirect on any host. */
  mayRepeatCredentials?: boolean;
  /** A capability signed by the hub, if the bearer token was one. Not verified yet. */
  grant?: string;
  /** The sign-ins at providers that are in progress in the browser. */
  flowCookies?: FlowCookies;
  /** The account that the signed link or token of this request was created for. Only for the shares of clients: it has no rights. */
  holder?: number;
  /** The bearer token, on routes for metrics. */
  bearer?: string;
}

/** Whether the response should include `X-Fallback-Trace`. Only administrators may see which sources were tried. */
export const isTraceRequested = ({ caller, headers }: HubRequest): boolean =>
  isAdministrator(caller) && headers['x-fallback-trace'] === '1';
