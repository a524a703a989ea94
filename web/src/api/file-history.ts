import { commitAndParent, fetchPathsInfo, type PathAt, type TreeEntry } from './files';

/** A commit that changed a file, and the size of the file since then. */
export interface FileVersion {
  readonly commit: NonNullable<TreeEntry['lastCommit']>;
  readonly size: number;
}

/** A part of the history of a file, newest first. */
export interface FileVersions {
  readonly versions: readonly FileVersion[];
  /** Revision at which the history continues; `undefined` if the file was added by the last of these commits. */
  readonly next: string | undefined;
}

/**
 * The last commits that changed a file, found from one to the next: neither this hub nor sources can list the commits of a path.
 *
 * @param at - the file, and the revision that the history begins at
 * @param count - number of commits
 */
export async function fileHistory(at: PathAt, count: number, signal?: AbortSignal): Promise<FileVersions> {
  const versions: FileVersion[] = [];
  let revision: string | undefined = at.revision;
  while (revision !== undefined && versions.length < count) {
    const [entry]: TreeEntry[] = await fetchPathsInfo({ repo: at.repo, revision }, [at.path], signal);
    if (!entry?.lastCommit) return { versions, next: undefined };
    versions.push({ commit: entry.lastCommit, size: entry.size });
    revision = (await commitAndParent({ repo: at.repo, revision: entry.lastCommit.id }, signal)).parent;
  }
  return { versions, next: revision };
}
