import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { HubError } from '../../domain/hub-error.js';
import { inviteSignIn } from './invite-sign-in.js';
import { toHubError } from '../../platform/http/to-hub-error.js';
import { HubErrorFilter } from '../../platform/http/hub-error.filter.js';
import type { HubRequest } from '../../platform/http/hub-request.js';

/** Sends errors to git clients: git prints plain text only, and prompts for a password only after a Basic challenge. */
@Catch()
export class GitErrorFilter implements ExceptionFilter {
  private readonly filter = new HubErrorFilter();

  catch(thrown: unknown, host: ArgumentsHost): void {
    const error = toHubError(thrown);
    const { caller } = host.switchToHttp().getRequest<Partial<HubRequest>>();
    this.filter.catch(error ? formatForGit(inviteSignIn(error, caller)) : thrown, host);
  }
}

function formatForGit(error: HubError): HubError {
  const challenge: Record<string, string> =
    error.code === 'Unauthorized' || error.facts.signIn ? { 'WWW-Authenticate': 'Basic realm="Access token"' } : {};
  return error.with({
    // not 401: credentials of this hub do not give access to a gated repository of a source
    ...(error.code === 'GatedRepo' && !error.facts.signIn ? { status: 403 } : {}),
    headers: { ...error.facts.headers, 'Content-Type': 'text/plain; charset=utf-8', ...challenge },
  });
}
