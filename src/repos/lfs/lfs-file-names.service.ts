import { Injectable } from '@nestjs/common';
import { EventLoopTurns } from '../../platform/async/event-loop-turns.js';
import { isFolder } from '../store/git-objects.js';
import { CommitStore } from '../store/commit.store.js';
import { ObjectStore } from '../store/object.store.js';
import { ReachableCommits } from '../store/reachable-commits.store.js';
import { RefStore } from '../store/ref.store.js';

/** Where a file is in a repository. */
export interface FilePlace {
  readonly path: string;
  /** A branch or tag that has the file now; undefined if only former commits have it. */
  readonly ref: string | undefined;
}

/** Folders that are loaded together. */
const LOADED_TOGETHER = 500;
/** Folders that are examined for one page. Files in others have no name. */
const MAX_FOLDERS = 50_000;

/** Finds paths of files by their git ids: first in branches and tags, then in former commits. A file may have several paths. */
@Injectable()
export class LfsFileNames {
  constructor(
    private readonly refs: RefStore,
    private readonly commits: CommitStore,
    private readonly reachable: ReachableCommits,
    private readonly objects: ObjectStore,
  ) {}

  async find(repositoryId: number, oids: ReadonlySet<string>): Promise<Map<string, FilePlace>> {
    const search = new Search(oids);
    for (const { name, commitOid } of await this.refs.all(repositoryId)) {
      const commit = search.isOver ? undefined : await this.commits.find(repositoryId, commitOid);
      if (commit) await this.searchTree(repositoryId, search, { root: commit.treeOid, ref: name });
    }
    if (search.isOver) return search.found;
    for (const root of await this.reachable.rootTrees(repositoryId))
      await this.searchTree(repositoryId, search, { root, ref: undefined });
    return search.found;
  }

  private async searchTree(
    repositoryId: number,
    search: Search,
    { root, ref }: { readonly root: string; readonly ref: string | undefined },
  ): Promise<void> {
    const turns = new EventLoopTurns();
    const level: Folder[] = [{ oid: root, path: '' }];
    while (level.length > 0 && !search.isOver) {
      const batch = level.splice(0, LOADED_TOGETHER).filter(({ oid }) => search.visit(oid));
      const trees = await this.objects.trees(
        repositoryId,
        batch.map(({ oid }) => oid),
      );
      for (const { oid, path } of batch)
        for (const entry of trees.get(oid)!.entries) {
          if (isFolder(entry)) level.push({ oid: entry.oid, path: `${path}${entry.name}/` });
          else search.note(entry.oid, { path: path + entry.name, ref });
          if (turns.isOver) await turns.next();
        }
    }
  }
}

interface Folder {
  readonly oid: string;
  /** Ends in a slash; empty for the root. */
  readonly path: string;
}

class Search {
  readonly found = new Map<string, FilePlace>();
  private readonly visited = new Set<string>();

  constructor(private readonly wanted: ReadonlySet<string>) {}

  get isOver(): boolean {
    return this.found.size === this.wanted.size || this.visited.size >= MAX_FOLDERS;
  }

  /** Returns false for a folder that was examined before: its files have a path already. */
  visit(oid: string): boolean {
    return this.visited.size < this.visited.add(oid).size;
  }

  note(oid: string, place: FilePlace): void {
    if (this.wanted.has(oid) && !this.found.has(oid)) this.found.set(oid, place);
  }
}
