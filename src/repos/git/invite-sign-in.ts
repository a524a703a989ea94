import { isSignedIn, type Caller } from '../../domain/caller.js';
import { HubError } from '../../domain/hub-error.js';

/**
 * Git and git-lfs send no token before they are asked for one. So who asks as nobody for what is not here, or not for everybody, is
 * asked: the same of both, lest the answer tell which it is.
 * @param caller undefined where nobody is asked for credentials
 */
export const inviteSignIn = (error: HubError, caller: Caller | undefined): HubError =>
  error.code === 'RepoNotFound' && caller !== undefined && !isSignedIn(caller)
    ? new HubError('Unauthorized', 'Not found, or not for everybody: sign in with an access token as the password')
    : error;
