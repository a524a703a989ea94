/** One line of a tree or paths-info answer (contract A.6). `path` is from the repository's root. */
export interface TreeEntry {
  readonly type: 'file' | 'directory';
  /** Git's id of the blob (of the pointer, for a large file) or of the tree. */
  readonly oid: string;
  /** Bytes of the content; 0 for a directory. */
  readonly size: number;
  readonly path: string;
  readonly lfs?: { readonly oid: string; readonly size: number; readonly pointerSize: number };
  readonly lastCommit?: { readonly id: string; readonly title: string; readonly date: string } | null;
  readonly securityFileStatus?: null;
}
