import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { HubError } from '../../domain/hub-error.js';
import { inviteSignIn } from '../git/invite-sign-in.js';
import { toHubError } from '../../platform/http/to-hub-error.js';
import { HubErrorFilter } from '../../platform/http/hub-error.filter.js';
import type { HubRequest } from '../../platform/http/hub-request.js';

/** What git-lfs prints is `message`, where the hub's other clients read `error`; with this header it asks for a password. */
@Catch()
export class LfsErrorFilter implements ExceptionFilter {
  private readonly filter = new HubErrorFilter();

  catch(thrown: unknown, host: ArgumentsHost): void {
    const error = toHubError(thrown);
    const { caller, params } = host.switchToHttp().getRequest<Partial<HubRequest>>();
    const asker = params && 'capability' in params ? undefined : caller; // no password makes a link good
    this.filter.catch(error ? inWordsOfLfs(inviteSignIn(error, asker)) : thrown, host);
  }
}

function inWordsOfLfs(error: HubError): HubError {
  const { body, headers, fields = [] } = error.facts;
  const message = [error.message, ...fields.map(({ field, message: fault }) => `${field}: ${fault}`)].join('; ');
  return error.with({
    body: { ...body, message },
    headers: {
      ...headers,
      'Content-Type': 'application/vnd.git-lfs+json',
      ...(error.code === 'Unauthorized' ? { 'LFS-Authenticate': 'Basic realm="Git LFS"' } : {}),
    },
  });
}
