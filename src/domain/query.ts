/** Query parameters as sent, decoded, in order; a repeated name appears as often as it was sent. */
export type QueryPairs = readonly (readonly [name: string, value: string])[];

/** The only client headers that may be sent to a source (invariant 5), in lower case. */
export interface Conditions {
  readonly range?: string;
  readonly 'if-match'?: string;
  readonly 'if-none-match'?: string;
  readonly 'if-modified-since'?: string;
  readonly 'if-unmodified-since'?: string;
  readonly 'if-range'?: string;
}
