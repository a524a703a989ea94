import { isGitFolderAlias } from './git-aliases.js';

/** Leads out of a folder on some operating system: absolute, a drive of Windows, or a segment that is empty, `.` or `..`. */
const LEAVES_FOLDER = /^[A-Za-z]:|(?:^|[/\\])\.{0,2}(?:[/\\]|$)/;
const UNSTORABLE = /\0|\p{Cs}/u;
/** Everything that `isGitFolderAlias` matches has one of these. */
const MAY_BE_GIT_FOLDER = /git|[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/i;
const MAX_LENGTH = 4096;

/**
 * The reason why clients must not receive the path of a file that another hub has named; undefined if they may. Clients write files to these
 * paths, on any operating system, possibly into a folder with git's own files.
 */
export function filePathProblem(path: string): string | undefined {
  if (path.length > MAX_LENGTH) return `is longer than ${MAX_LENGTH} characters`;
  if (LEAVES_FOLDER.test(path)) return 'is not inside the repository';
  if (UNSTORABLE.test(path)) return 'contains a character that file systems do not allow';
  if (MAY_BE_GIT_FOLDER.test(path) && path.split(/[/\\]/).some(isGitFolderAlias))
    return 'contains ".git", which is reserved';
  return undefined;
}
