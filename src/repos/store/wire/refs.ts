export interface RefEntry {
  readonly name: string;
  readonly ref: string;
  readonly targetCommit: string;
}

/** Response of `GET …/refs`. Clients require all three lists (contract A.9). */
export interface RefsResponse {
  readonly branches: readonly RefEntry[];
  readonly converts: readonly RefEntry[];
  readonly tags: readonly RefEntry[];
  readonly pullRequests?: readonly RefEntry[];
}
