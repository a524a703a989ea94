/** An entry of a tree or paths-info response (contract A.6). */
export interface TreeEntry {
  readonly type: 'file' | 'directory';
  /** Git id of the blob (for an LFS object, of its pointer) or tree. */
  readonly oid: string;
  /** Size of the content in bytes; 0 for a directory. */
  readonly size: number;
  readonly path: string;
  readonly lfs?: { readonly oid: string; readonly size: number; readonly pointerSize: number };
  /** Id of a large file in the Xet protocol, if it is offered over Xet. Paths-info has it for all large files of this hub. */
  readonly xetHash?: string;
  readonly lastCommit?: { readonly id: string; readonly title: string; readonly date: string } | null;
  readonly securityFileStatus?: null;
}
