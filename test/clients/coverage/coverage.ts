import type { RefusalKey } from '../../../src/domain/refusals.js';

/** The hub's response to a request of a client. */
export type Coverage =
  /** Answered by an operation of `openapi.json`, or of the table of routes for Xet; also for external repositories. */
  | { readonly kind: 'served'; readonly operation: string }
  /** Answered by such an operation, but only for external repositories. */
  | { readonly kind: 'relayed'; readonly operation: string }
  | { readonly kind: 'refused'; readonly refusal: RefusalKey }
  /** Refused, but planned. */
  | { readonly kind: 'planned'; readonly refusal: RefusalKey; readonly plan: string }
  /** The client does not request this URL, but shows it, or gets it from another part. */
  | { readonly kind: 'shown'; readonly note: string };

/** By request: `METHOD /path/{placeholder}`. */
export type CoverageRows = Readonly<Record<string, Coverage>>;

export const served = (operation: string): Coverage => ({ kind: 'served', operation });
export const relayed = (operation: string): Coverage => ({ kind: 'relayed', operation });
export const refused = (refusal: RefusalKey): Coverage => ({ kind: 'refused', refusal });
export const planned = (refusal: RefusalKey, plan: string): Coverage => ({ kind: 'planned', refusal, plan });
export const shown = (note: string): Coverage => ({ kind: 'shown', note });
