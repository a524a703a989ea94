/** A file of a repository's first commit. */
export interface FirstFile {
  readonly path: string;
  readonly content: Buffer;
}
