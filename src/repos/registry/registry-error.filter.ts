import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { isSignedIn } from '../../domain/caller.js';
import { HubError, type HubErrorCode } from '../../domain/hub-error.js';
import { repoFullName } from '../../domain/repo-id.js';
import { inviteSignIn } from '../git/invite-sign-in.js';
import { HubErrorFilter } from '../../platform/http/hub-error.filter.js';
import type { HubRequest } from '../../platform/http/hub-request.js';
import { withPage } from '../../platform/http/with-page.js';
import { toHubError } from '../../platform/http/to-hub-error.js';

/** The header by which clients recognize a registry. */
export const API_VERSION = ['Docker-Distribution-Api-Version', 'registry/2.0'] as const;

/** Codes of the distribution-spec. All others are `UNKNOWN`. */
const CODES: Partial<Record<HubErrorCode, string>> = {
  RepoNotFound: 'NAME_UNKNOWN',
  RevisionNotFound: 'MANIFEST_UNKNOWN',
  EntryNotFound: 'MANIFEST_UNKNOWN',
  NotFound: 'UNSUPPORTED',
  Unauthorized: 'UNAUTHORIZED',
  GatedRepo: 'DENIED',
  Disabled: 'DENIED',
  Forbidden: 'DENIED',
  BadRequest: 'NAME_INVALID',
  RateLimited: 'TOOMANYREQUESTS',
  Overloaded: 'TOOMANYREQUESTS',
  NotImplemented: 'UNSUPPORTED',
};

/** Sends errors to registry clients, which read `errors` and get a token after a 401 with the address of the token endpoint. */
@Catch()
export class RegistryErrorFilter implements ExceptionFilter {
  private readonly filter = new HubErrorFilter();

  catch(thrown: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<HubRequest>();
    const error = toHubError(thrown);
    this.filter.catch(error ? formatForRegistry(error, request) : thrown, host);
  }
}

function formatForRegistry(thrown: HubError, request: HubRequest): HubError {
  const error = withPage(forCaller(thrown, request), request.urls);
  const { body, headers, status } = error.facts;
  const challenge: Record<string, string> =
    error.code === 'Unauthorized' ? { 'WWW-Authenticate': challengeFor(request) } : {};
  const errors = [{ code: codeOf(error, request), message: error.message, detail: null }];
  return error.with({
    // not 401: credentials of this hub do not give access to a gated repository of a source
    ...(error.code === 'GatedRepo' && { status: status ?? 403 }),
    body: { ...body, errors },
    headers: { ...headers, ...Object.fromEntries([API_VERSION]), ...challenge },
  });
}

/** Anonymous callers get a challenge once, also for a missing repository, so that the response does not reveal which repositories are private. */
function forCaller(error: HubError, { caller, hadAnonymousToken }: Partial<HubRequest>): HubError {
  if (caller === undefined || isSignedIn(caller) || hadAnonymousToken) return error;
  return error.code === 'GatedRepo' && error.facts.source === undefined
    ? new HubError('Unauthorized', error.message)
    : inviteSignIn(error, caller);
}

const codeOf = ({ code }: HubError, { path }: HubRequest): string =>
  code === 'EntryNotFound' && path.includes('/blobs/')
    ? 'BLOB_UNKNOWN'
    : code === 'BadRequest' && path.includes('/blobs/')
      ? 'DIGEST_INVALID'
      : (CODES[code] ?? 'UNKNOWN');

/** Ollama requires that the token endpoint has the host of the registry. */
function challengeFor({ urls, repo }: HubRequest): string {
  const scope = repo ? `,scope="repository:${repoFullName(repo)}:pull"` : '';
  return `Bearer realm="${urls.url('/v2/token')}",service="${urls.host}"${scope}`;
}
