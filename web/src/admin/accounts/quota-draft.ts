import { formatBytes, parseBytes } from '../../../../src/domain/byte-size.js';

/** How a quota is set: the configured default, no limit, or a value for this account. */
export type QuotaMode = 'default' | 'unlimited' | 'custom';

/** A quota in the form. */
export interface QuotaDraft {
  mode: QuotaMode;
  text: string;
}

/** The kinds of quotas: how their values are written. */
export const QUOTA_KINDS = {
  bytes: { format: formatBytes, parse: parseBytes, problem: 'Enter a size such as 10 GB.' },
  repositories: {
    format: (value: number): string => String(value),
    parse: (text: string): number | undefined => (/^\d{1,9}$/.test(text.trim()) ? Number(text) : undefined),
    problem: 'Enter a whole number.',
  },
} as const;
export type QuotaKind = keyof typeof QUOTA_KINDS;

/** The value of an unlimited quota in the API. */
const UNLIMITED = -1;

/** @param value - as in the API: null for the default, -1 for unlimited */
export function quotaDraft(kind: QuotaKind, value: number | null): QuotaDraft {
  if (value === null) return { mode: 'default', text: '' };
  return value === UNLIMITED ? { mode: 'unlimited', text: '' } : { mode: 'custom', text: exactText(kind, value) };
}

/** Sizes that have no exact short form are shown in bytes, so that saving the form changes nothing. */
function exactText(kind: QuotaKind, value: number): string {
  const text = QUOTA_KINDS[kind].format(value);
  return QUOTA_KINDS[kind].parse(text) === value ? text : String(value);
}

/** The value for the API; `undefined` if the text is invalid. */
export function quotaValue(kind: QuotaKind, { mode, text }: QuotaDraft): number | null | undefined {
  if (mode === 'default') return null;
  return mode === 'unlimited' ? UNLIMITED : QUOTA_KINDS[kind].parse(text);
}
