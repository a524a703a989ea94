import type { ServerResponse } from 'node:http';
import { Catch, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Request, Response } from 'express';
import { HubError, type HubErrorCode, type HubErrorFacts } from '../../domain/hub-error.js';
import { DISABLED_MESSAGE } from '../../domain/classify-reply.js';
import { REPO_NOT_FOUND_MESSAGE } from '../../domain/choose-failure.js';
import { headerSafe } from '../../domain/header-text.js';
import { escapeInvisible } from '../../domain/invisible-characters.js';
import { movedUrl } from '../../domain/urls.js';
import { withPage } from './with-page.js';
import type { HubRequest } from './hub-request.js';
import { forOauth, withWarning } from './client-errors.js';
import { toHubError } from './to-hub-error.js';
import { requestLogFields } from './request-log.js';

/** The HTTP status of each error code. Only this table maps codes to statuses (invariant 7). */
const STATUS: Record<HubErrorCode, number> = {
  Moved: 307,
  RepoNotFound: 404,
  RevisionNotFound: 404,
  EntryNotFound: 404,
  NotFound: 404,
  GatedRepo: 401,
  Disabled: 403,
  Unauthorized: 401,
  Forbidden: 403,
  QuotaExceeded: 403,
  BadRequest: 400,
  Conflict: 409,
  PreconditionFailed: 412,
  RequestTimeout: 408,
  PayloadTooLarge: 413,
  RangeNotSatisfiable: 416,
  RateLimited: 429,
  UpstreamFailed: 502,
  UpstreamUnavailable: 503,
  UpstreamTimeout: 504,
  ServiceDisabled: 503,
  NotImplemented: 501,
  Overloaded: 503,
  StorageFull: 507,
  StorageUnavailable: 503,
  ContentMissing: 500,
  Offline: 424, // clients repeat requests after 5xx, 408 and 429, and take other codes for a missing or private repository
};

/**
 * The values of `X-Error-Code` that clients know (contract B.3), KohakuHub's value for a missing feature, and this hub's for what it does not have while it is
 * offline. No other code is sent.
 */
const SENT_CODES: readonly HubErrorCode[] = [
  'RepoNotFound',
  'RevisionNotFound',
  'EntryNotFound',
  'GatedRepo',
  'NotImplemented',
  'Offline',
];

/** `Retry-After` of a 429 without a known wait time, in seconds. */
const DEFAULT_RETRY_AFTER = 10;

/** An error as an HTTP response. */
export interface ErrorResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
}

function retryHeaders(status: number, facts: HubErrorFacts): Record<string, string> {
  const retryAfter = facts.retryAfter ?? (status === 429 ? DEFAULT_RETRY_AFTER : undefined);
  if (retryAfter === undefined) return {};
  const seconds = Math.max(1, Math.ceil(retryAfter));
  // Clients do not support HTTP dates in `Retry-After`, and read `RateLimit` first (contract B.5).
  return { 'Retry-After': `${seconds}`, ...(status === 429 ? { RateLimit: `"api";r=0;t=${seconds}` } : {}) };
}

function factHeaders(status: number, facts: HubErrorFacts): Record<string, string> {
  return {
    ...(facts.commit === undefined ? {} : { 'X-Repo-Commit': headerSafe(facts.commit) }),
    ...(status === 416 && facts.size !== undefined ? { 'Content-Range': `bytes */${facts.size}` } : {}),
    ...(facts.source === undefined
      ? {}
      : { 'X-Source': headerSafe(facts.source.name), 'X-Source-URL': headerSafe(facts.source.url) }),
  };
}

/** Removes facts that would reveal whether a repository is missing or hidden from the caller. */
const visibleFacts = ({ code, facts }: HubError): HubErrorFacts =>
  code === 'RepoNotFound' ? { headers: facts.headers, body: facts.body } : facts;

/** Errors repeat names from the request. A terminal would reorder the text around bidirectional characters in them. Line breaks and tabs are kept. */
const displayable = (text: string): string => text.replaceAll(/[^\r\n\t]+/g, (part) => escapeInvisible(part));

/** Converts an error to status, headers and body. */
export function toErrorResponse(error: HubError): ErrorResponse {
  const facts = visibleFacts(error);
  const status = facts.status ?? STATUS[error.code];
  const message = displayable(error.code === 'Disabled' ? DISABLED_MESSAGE : error.message);
  const challenge = status === 401 && error.code !== 'GatedRepo';
  return {
    status,
    headers: {
      'Content-Type': 'application/json; charset=utf-8',
      'Cache-Control': 'no-store',
      'X-Error-Message': headerSafe(message.replaceAll('→', '>')), // as in "Admin → Fallback sources", since clients show this header
      ...(SENT_CODES.includes(error.code) ? { 'X-Error-Code': error.code } : {}),
      ...(challenge ? { 'WWW-Authenticate': 'Bearer realm="Authentication required"' } : {}),
      ...retryHeaders(status, facts),
      ...factHeaders(status, facts),
      ...facts.headers,
    },
    body: { error: message, detail: facts.detail, sources: facts.sources, fields: facts.fields, ...facts.body },
  };
}

/** Errors of sources, which the owners of the sources have to fix. */
const isFromSource = ({ code, facts }: HubError): boolean =>
  code === 'UpstreamFailed' ||
  code === 'UpstreamUnavailable' ||
  code === 'UpstreamTimeout' ||
  (code === 'RateLimited' && facts.source !== undefined);

/** Outages of services are not faults of the hub, and every request would have the same stack trace. */
const isOutage = (error: HubError | undefined): boolean =>
  error?.code === 'ServiceDisabled' && error.facts.retryAfter !== undefined;

const INTERNAL_ERROR: ErrorResponse = {
  status: 500,
  headers: {
    'Content-Type': 'application/json; charset=utf-8',
    'Cache-Control': 'no-store',
    'X-Error-Message': 'Internal error',
  },
  body: { error: 'Internal error' },
};

/** Converts errors to HTTP responses. No other code sets error statuses and error headers. */
@Catch()
export class HubErrorFilter implements ExceptionFilter {
  private readonly logger = new Logger('Http');

  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<HubRequest>();
    const response = http.getResponse<Response>();
    if (response.destroyed || response.writableEnded) return; // the client has disconnected, or already has its response
    const known = toHubError(thrown);
    const error = redirected(known && withPage(known, request.urls), request);
    const reply = error ? toErrorResponse(error) : INTERNAL_ERROR;
    request.failedAtSource = error !== undefined && isFromSource(error);
    if (reply.status >= 500 && error?.code !== 'NotImplemented')
      this.report(request, reply.status, isOutage(error) ? error : thrown);
    if (response.headersSent) response.destroy();
    else
      send(
        response,
        forOauth(withWarning(reply, request), request, error),
        isXet(request) ? reply.headers['X-Error-Message'] : undefined,
      );
  }

  private report(request: Request, status: number, error: unknown): void {
    const line = { ...requestLogFields(request), status };
    if (error instanceof HubError) this.logger.warn({ ...line, code: error.code, message: error.message });
    else this.logger.error({ ...line, err: error });
  }
}

/** Redirects requests for a moved repository to the same URL with its new ID. The URL has no host, since clients only follow such redirects. If the ID is not in the URL, the repository is not found. */
function redirected(error: HubError | undefined, { originalUrl, urls }: HubRequest): HubError | undefined {
  if (error?.code !== 'Moved' || !error.facts.moved) return error;
  const location = movedUrl(originalUrl, error.facts.moved);
  if (location === undefined) return new HubError('RepoNotFound', REPO_NOT_FOUND_MESSAGE);
  return error.with({ headers: { ...error.facts.headers, Location: urls.path(location) } });
}

/** hf-xet 1.6 (2026) prints the status and the reason phrase of an error, such as "403 Forbidden", but neither its headers nor its body. */
const isXet = ({ path }: Request): boolean => path.startsWith('/xet/');

const bodyText = (body: ErrorResponse['body']): string =>
  JSON.stringify(body, (_name, value: unknown) => (typeof value === 'string' ? displayable(value) : value));

/** Discards headers that the failed handler has set, but not cookies that `CallerGuard` has deleted. A plain-text response has only the message. */
function send(response: ServerResponse, { status, headers, body }: ErrorResponse, reason?: string): void {
  for (const name of response.getHeaderNames()) if (name !== 'set-cookie') response.removeHeader(name);
  const text = headers['Content-Type']?.startsWith('text/plain') ? `${String(body.error)}\n` : bodyText(body);
  if (reason !== undefined) response.statusMessage = reason;
  response.writeHead(status, { ...headers, 'Content-Length': Buffer.byteLength(text) });
  response.end(response.req.method === 'HEAD' ? undefined : text);
}

/** Responds with an error to a request that Nest does not handle. */
export const sendError = (response: ServerResponse, error: HubError): void => send(response, toErrorResponse(error));
