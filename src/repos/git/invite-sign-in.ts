import { isSignedIn, type Caller } from '../../domain/caller.js';
import { HubError } from '../../domain/hub-error.js';

/**
 * Turns "not found" into a request for credentials if the caller is anonymous. Git and git-lfs send a token only after a 401. Missing and
 * private repositories get the same response, so that it does not reveal which of them exist.
 *
 * @param caller - `undefined` if credentials would not help
 */
export const inviteSignIn = (error: HubError, caller: Caller | undefined): HubError =>
  error.code === 'RepoNotFound' && caller !== undefined && !isSignedIn(caller)
    ? new HubError(
        'Unauthorized',
        'The repository does not exist or is private. Sign in with an access token as the password.',
      )
    : error;
