/**
 * Names that file systems take for one of git's own files, by the rules of git's `is_hfs_dotgit`, `is_ntfs_dotgit` and their variants
 * (utf8.c and path.c of git): HFS+ ignores some code points, and NTFS has short names, streams (`name:stream`) and ignores trailing
 * spaces and periods.
 */

const IGNORED_BY_HFS = /[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g;

/** Matches the end of a name that NTFS ignores. */
const NTFS_END = '[ .]*(?::|$)';

// eslint-disable-next-line no-restricted-syntax -- anchored, and no two repetitions follow each other
const GIT_FOLDER = new RegExp(`^(?:\\.git|git~1)${NTFS_END}`, 'i');

/** Whether a file system may take the name for `.git`. */
export const isGitFolderAlias = (name: string): boolean => isHfsAlias(name, '.git') || GIT_FOLDER.test(name);

/** Whether a file system may take the name for `.gitmodules`. */
export const isGitmodulesAlias = aliasTest('.gitmodules', 'gi7eba');

/** Whether a file system may take the name for `.gitattributes`. */
export const isGitattributesAlias = aliasTest('.gitattributes', 'gi7d29');

/**
 * A test for the aliases of a file.
 *
 * @param hashed - beginning of its NTFS short names if all names of six letters are taken; contains a hash of the long name
 */
function aliasTest(file: string, hashed: string): (name: string) => boolean {
  const lettersOfName = file.slice(1, 7);
  // Short names have eight characters: the larger the number, the fewer letters are left.
  const hashedNames = Array.from({ length: 7 }, (_, length) => `${hashed.slice(0, length)}~[1-9]\\d{${6 - length}}`);
  const names = [`\\${file}`, `${lettersOfName}~[1-4]`, ...hashedNames];
  // eslint-disable-next-line no-restricted-syntax -- as above
  const ntfs = new RegExp(`^(?:${names.join('|')})${NTFS_END}`, 'i');
  return (name) => isHfsAlias(name, file) || ntfs.test(name);
}

const isHfsAlias = (name: string, file: string): boolean => name.replaceAll(IGNORED_BY_HFS, '').toLowerCase() === file;
