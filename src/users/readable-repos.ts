/** The private repositories that a caller may read. */
export interface ReadableRepos {
  /** Ids of accounts all of whose repositories are included. */
  readonly owners: readonly number[];
  /** Ids of single repositories. */
  readonly repositories: readonly number[];
}
