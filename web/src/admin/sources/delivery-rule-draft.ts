import { parseBytes } from '@domain/byte-size';
import type { Delivery, DeliveryRule } from '@domain/delivery-rule';

/** A rule as entered. Empty texts match everything. */
export interface DeliveryRuleDraft {
  repos: string;
  files: string;
  /** Sizes such as `10 MB`. */
  min_size: string;
  max_size: string;
  /** Types of repositories, separated by commas. */
  types: string;
  delivery: Delivery;
}

const UNITS = [
  ['TB', 1e12],
  ['GB', 1e9],
  ['MB', 1e6],
  ['kB', 1e3],
] as const;

/** A size as text that can be read back without loss: 10000000 → `10 MB`, 1234567 → `1234567`. */
function sizeText(bytes: number | undefined): string {
  if (bytes === undefined) return '';
  const unit = bytes > 0 ? UNITS.find(([, factor]) => bytes % factor === 0) : undefined;
  return unit ? `${bytes / unit[1]} ${unit[0]}` : `${bytes}`;
}

/** A text that is not a size is kept, so that the validation reports it. */
const sizeOf = (text: string): unknown => (text.trim() === '' ? undefined : (parseBytes(text) ?? text));

export const newRule = (): DeliveryRuleDraft => draftOfRule({ delivery: 'cache' });

export const draftOfRule = ({
  repos,
  files,
  min_size,
  max_size,
  types,
  delivery,
}: DeliveryRule): DeliveryRuleDraft => ({
  repos: repos ?? '',
  files: files ?? '',
  min_size: sizeText(min_size),
  max_size: sizeText(max_size),
  types: (types ?? []).join(','),
  delivery,
});

/** The rule of a request body, without its empty properties. It may be invalid. */
export function ruleOf(draft: DeliveryRuleDraft): DeliveryRule {
  const rule = {
    repos: draft.repos.trim() || undefined,
    files: draft.files.trim() || undefined,
    min_size: sizeOf(draft.min_size),
    max_size: sizeOf(draft.max_size),
    types: draft.types === '' ? undefined : draft.types.split(','),
    delivery: draft.delivery,
  };
  return Object.fromEntries(Object.entries(rule).filter(([, value]) => value !== undefined)) as unknown as DeliveryRule;
}
