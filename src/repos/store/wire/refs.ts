export interface RefEntry {
  readonly name: string;
  readonly ref: string;
  readonly targetCommit: string;
}

/** `GET …/refs`: all three lists are required by clients (contract A.9). */
export interface RefsAnswer {
  readonly branches: readonly RefEntry[];
  readonly converts: readonly RefEntry[];
  readonly tags: readonly RefEntry[];
  readonly pullRequests?: readonly RefEntry[];
}
