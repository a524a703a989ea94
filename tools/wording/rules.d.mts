export interface Rule {
  readonly id: string;
  readonly pattern: RegExp;
  readonly in: readonly string[];
  readonly use: string;
  readonly example: string;
  readonly not: readonly string[];
}
/** The rules of `prose-rules.yaml` and `name-rules.yaml`. */
export function loadRules(): Rule[];
