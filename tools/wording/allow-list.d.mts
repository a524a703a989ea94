import type { Hit } from './check-text.mjs';

export interface Allowed {
  readonly file: string;
  readonly text: string;
  readonly reason: string;
}
/** Leaves out the hits that the allow-list permits. */
export function applyAllowList(
  hits: readonly Hit[],
  entries: readonly Allowed[],
  isChecked: (file: string) => boolean,
): { hits: Hit[]; errors: string[] };
