/** What a client needs to upload over Xet (contract D.11). */
export interface XetToken {
  /** Where xorbs and shards go. */
  readonly casUrl: string;
  readonly accessToken: string;
  /** When the token ends, in seconds since 1970. */
  readonly exp: number;
}
