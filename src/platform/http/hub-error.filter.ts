import { Catch, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Request, Response } from 'express';
import { HubError, type HubErrorCode, type HubErrorFacts } from '../../domain/hub-error.js';
import { DISABLED_MESSAGE } from '../../domain/classify-reply.js';
import { REPO_NOT_FOUND_MESSAGE } from '../../domain/choose-failure.js';
import { headerSafe } from '../../domain/header-text.js';
import { movedUrl } from './moved-url.js';
import { toHubError } from './to-hub-error.js';
import { requestLine } from './request-line.js';

/** The only table from what went wrong to HTTP. */
const STATUS: Record<HubErrorCode, number> = {
  Moved: 307,
  ...{ RepoNotFound: 404, RevisionNotFound: 404, EntryNotFound: 404, NotFound: 404 },
  ...{ GatedRepo: 401, Disabled: 403, Unauthorized: 401, Forbidden: 403 },
  ...{ BadRequest: 400, Conflict: 409, PreconditionFailed: 412, PayloadTooLarge: 413, RangeNotSatisfiable: 416 },
  ...{ RateLimited: 429, UpstreamFailed: 502, UpstreamUnavailable: 503, UpstreamTimeout: 504, ServiceDisabled: 503 },
  ...{ NotImplemented: 501, StorageFull: 507, StorageUnavailable: 503 },
};

/** The codes that clients know from `X-Error-Code` (contract B.3); any other would only confuse them. */
const ON_THE_WIRE: readonly HubErrorCode[] = ['RepoNotFound', 'RevisionNotFound', 'EntryNotFound', 'GatedRepo'];

/** When a limit is hit and nobody has said for how long. */
const DEFAULT_WAIT = 10;

/** An error as it goes over the wire. */
export interface ErrorAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
}

function waitHeaders(status: number, facts: HubErrorFacts): Record<string, string> {
  const wait = facts.retryAfter ?? (status === 429 ? DEFAULT_WAIT : undefined);
  if (wait === undefined) return {};
  const seconds = Math.max(1, Math.ceil(wait));
  // An HTTP date would be ignored by clients; RateLimit is what they read first (contract B.5).
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

/** What a repository that is missing and one that is hidden from the caller both get: no word of where it was looked for. */
const hidden = ({ code, facts }: HubError): HubErrorFacts =>
  code === 'RepoNotFound' ? { headers: facts.headers, body: facts.body } : facts;

/** Status, headers and body of an error. */
export function errorAnswer(error: HubError): ErrorAnswer {
  const facts = hidden(error);
  const status = facts.status ?? STATUS[error.code];
  const message = error.code === 'Disabled' ? DISABLED_MESSAGE : error.message;
  const challenge = status === 401 && error.code !== 'GatedRepo';
  return {
    status,
    headers: {
      'Content-Type': 'application/json; charset=utf-8',
      'Cache-Control': 'no-store',
      'X-Error-Message': headerSafe(message),
      ...(ON_THE_WIRE.includes(error.code) ? { 'X-Error-Code': error.code } : {}),
      ...(challenge ? { 'WWW-Authenticate': 'Bearer realm="Authentication required"' } : {}),
      ...waitHeaders(status, facts),
      ...factHeaders(status, facts),
      ...facts.headers,
    },
    body: { error: message, detail: facts.detail, sources: facts.sources, fields: facts.fields, ...facts.body },
  };
}

const UNFORESEEN: ErrorAnswer = {
  status: 500,
  headers: {
    'Content-Type': 'application/json; charset=utf-8',
    'Cache-Control': 'no-store',
    'X-Error-Message': 'Internal error',
  },
  body: { error: 'Internal error' },
};

/** Where errors become HTTP: the one place that knows status codes and error headers. */
@Catch()
export class HubErrorFilter implements ExceptionFilter {
  private readonly logger = new Logger('Http');

  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<Request>();
    const response = http.getResponse<Response>();
    if (response.destroyed || response.writableEnded) return; // the caller has gone, or has its answer
    const error = forwarded(toHubError(thrown), request.originalUrl);
    const answer = error ? errorAnswer(error) : UNFORESEEN;
    if (answer.status >= 500) this.report(request, answer.status, thrown);
    if (response.headersSent) response.destroy();
    else send(request, response, answer);
  }

  private report(request: Request, status: number, error: unknown): void {
    const line = { ...requestLine(request), status };
    if (error instanceof HubError) this.logger.warn({ ...line, code: error.code, message: error.message });
    else this.logger.error({ ...line, err: error });
  }
}

/** A moved repository's address is the asked one with the new id; where the id is not in the address, the old one is just missing. */
function forwarded(error: HubError | undefined, url: string): HubError | undefined {
  if (error?.code !== 'Moved' || !error.facts.moved) return error;
  const location = movedUrl(url, error.facts.moved);
  if (location === undefined) return new HubError('RepoNotFound', REPO_NOT_FOUND_MESSAGE);
  return error.with({ headers: { ...error.facts.headers, Location: location } });
}

/** An answer that had been begun but not sent leaves no headers of its own behind. Where it is to be plain text, the message is all. */
function send(request: Request, response: Response, { status, headers, body }: ErrorAnswer): void {
  for (const name of response.getHeaderNames()) response.removeHeader(name);
  const text = headers['Content-Type']?.startsWith('text/plain') ? `${String(body.error)}\n` : JSON.stringify(body);
  response.writeHead(status, { ...headers, 'Content-Length': Buffer.byteLength(text) });
  response.end(request.method === 'HEAD' ? undefined : text);
}
