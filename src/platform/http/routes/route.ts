import type { Capability } from '../capability-checks.js';
import type { RateClass } from './rate-classes.js';

/**
 * Callers that may use a route. Others are refused before the body is read:
 *
 * - `anyone`: anonymous callers as well; what they may see depends on the repository or account
 * - `account`: a signed-in account
 * - `writer`: an account, with a session or a token that may write
 * - `session`: an account that is signed in in a browser; access tokens are refused
 * - `administrator`: accounts with this role, and requests with the admin token
 * - `link`: holders of a signed link, which is part of the URL
 * - `grant`: holders of a signed grant, which is sent as the bearer token
 * - `registry`: clients of the registry API, whose credentials the handler checks, because some of them are not for this hub
 * - `metrics`: requests with the metrics token or the admin token, if a metrics token is set
 */
export type Callers =
  'anyone' | 'account' | 'writer' | 'session' | 'administrator' | 'link' | 'grant' | 'registry' | 'metrics';

/** Limits of a body that is read as a whole. They are checked on its bytes, before it is parsed. */
export interface BodyLimits {
  /** Size in bytes, compressed and decompressed. */
  readonly bytes: number;
  /** Size in bytes if the caller is anonymous. */
  readonly anonymousBytes: number;
  /** Levels of lists and objects inside each other. */
  readonly depth: number;
  /** Items of all lists and members of all objects together; fields of a form. */
  readonly elements: number;
  /** Members of one object. */
  readonly keys: number;
  /** Length of a string or key in bytes. */
  readonly string: number;
}

/** A body that is read and parsed before the handler is called, or by the handler (`deferred`). */
export interface ParsedBody {
  readonly kind: 'json' | 'json or form';
  readonly limits: BodyLimits;
  /** The handler calls `readParsedBody`, since other routes have the same paths. */
  readonly deferred?: boolean;
}

/** A body that the handler processes while it arrives. */
export interface StreamedBody {
  readonly kind: 'stream';
  /** Size in bytes; unlimited if undefined. */
  readonly bytes?: number;
}

/** The body of the requests to a route. */
export type RouteBody = { readonly kind: 'none' } | ParsedBody | StreamedBody;

export const isParsed = (body: RouteBody): body is ParsedBody => body.kind === 'json' || body.kind === 'json or form';

/** An operation of the HTTP API. */
export interface RouteRow {
  /** GET includes HEAD. ALL is for methods that no other route of the paths has. */
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'ALL';
  /** Patterns of Express, without the leading slash. */
  readonly paths: readonly string[];
  readonly callers: Callers;
  /** A right that depends on the URL. */
  readonly capability?: Capability;
  /** Limits the number of requests of a client; without one, they are not counted. */
  readonly rate?: RateClass;
  /** The store must not be known to be down. Otherwise, the request is refused before its body is read. */
  readonly needs?: 'storage';
  readonly body: RouteBody;
}

/** Fields of a row that have defaults: anyone may call it, without a rate limit and a body. */
type Options = Partial<Omit<RouteRow, 'method' | 'paths'>>;
type Paths = string | readonly string[];

const row = <O extends Options>(method: RouteRow['method'], paths: Paths, options: O): RouteRow & O => ({
  callers: 'anyone',
  body: { kind: 'none' },
  ...options,
  method,
  paths: typeof paths === 'string' ? [paths] : paths,
});

type NewRow = <O extends Options>(paths: Paths, options?: O) => RouteRow & O;

const rowsOf =
  (method: RouteRow['method']): NewRow =>
  (paths, options) =>
    row(method, paths, options ?? ({} as NonNullable<typeof options>));

export const get = rowsOf('GET');
export const post = rowsOf('POST');
export const put = rowsOf('PUT');
export const del = rowsOf('DELETE');
export const all = rowsOf('ALL');
