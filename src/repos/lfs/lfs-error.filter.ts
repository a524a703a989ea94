import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { HubError } from '../../domain/hub-error.js';
import { inviteSignIn } from '../git/invite-sign-in.js';
import { toHubError } from '../../platform/http/to-hub-error.js';
import { HubErrorFilter } from '../../platform/http/hub-error.filter.js';
import { withPage } from '../../platform/http/with-page.js';
import type { HubRequest } from '../../platform/http/hub-request.js';

/** Sends errors to git-lfs, which prints `message` instead of `error`, and prompts for a password after an `LFS-Authenticate` header. */
@Catch()
export class LfsErrorFilter implements ExceptionFilter {
  private readonly filter = new HubErrorFilter();

  catch(thrown: unknown, host: ArgumentsHost): void {
    const error = toHubError(thrown);
    const { caller, params, urls } = host.switchToHttp().getRequest<Partial<HubRequest>>();
    // credentials do not help with an invalid link
    const signInCaller = params && 'capability' in params ? undefined : caller;
    this.filter.catch(error ? formatForLfs(withPage(inviteSignIn(error, signInCaller), urls)) : thrown, host);
  }
}

function formatForLfs(error: HubError): HubError {
  const { body, headers } = error.facts;
  return error.with({
    body: { ...body, message: error.message },
    headers: {
      ...headers,
      // git-lfs accepts this type as well, and @huggingface/hub reads the message of no other type
      'Content-Type': 'application/json; charset=utf-8',
      ...(error.code === 'Unauthorized' || error.facts.signIn ? { 'LFS-Authenticate': 'Basic realm="Git LFS"' } : {}),
    },
  });
}
