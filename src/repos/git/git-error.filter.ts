import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { HubError } from '../../domain/hub-error.js';
import { inviteSignIn } from './invite-sign-in.js';
import { toHubError } from '../../platform/http/to-hub-error.js';
import { HubErrorFilter } from '../../platform/http/hub-error.filter.js';
import type { HubRequest } from '../../platform/http/hub-request.js';

/** Git prints what comes as plain text, and asks for a password where it is challenged in a scheme that it knows. */
@Catch()
export class GitErrorFilter implements ExceptionFilter {
  private readonly filter = new HubErrorFilter();

  catch(thrown: unknown, host: ArgumentsHost): void {
    const error = toHubError(thrown);
    const { caller } = host.switchToHttp().getRequest<Partial<HubRequest>>();
    this.filter.catch(error ? inWordsOfGit(inviteSignIn(error, caller)) : thrown, host);
  }
}

function inWordsOfGit(error: HubError): HubError {
  const challenge: Record<string, string> =
    error.code === 'Unauthorized' ? { 'WWW-Authenticate': 'Basic realm="Access token"' } : {};
  return error.with({
    // no password opens what is gated at its source
    ...(error.code === 'GatedRepo' ? { status: 403 } : {}),
    headers: { ...error.facts.headers, 'Content-Type': 'text/plain; charset=utf-8', ...challenge },
  });
}
