import type { Schemas } from '@/api/client';

export type UsageReport = Schemas['UsageReportDto'];
export type UsageRow = UsageReport['rows'][number];
export type UsageKey = UsageReport['by'];

/** How usage is grouped, and its first and last day in UTC. */
export interface UsageQuery {
  readonly by: UsageKey;
  readonly from: string;
  readonly to: string;
}

/** The requests for the usage of a repository, an organization or the hub. */
export interface UsageSource {
  /** Key of its queries. */
  readonly key: readonly string[];
  readonly load: (query: UsageQuery, signal: AbortSignal) => Promise<UsageReport>;
  readonly csv: (query: UsageQuery) => Promise<string>;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** A day in UTC, as `YYYY-MM-DD`. */
export const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** The days that end today. */
export const lastDays = (count: number, now: number): Pick<UsageQuery, 'from' | 'to'> => ({
  from: dayOf(now - (count - 1) * DAY_MS),
  to: dayOf(now),
});

/** Every day of a report, also those without downloads. */
export function everyDay({ from, to, rows }: UsageReport): { readonly at: number; readonly row: UsageRow }[] {
  const byDay = new Map(rows.map((row) => [row.key, row]));
  const days = [];
  for (let at = Date.parse(from); at <= Date.parse(to); at += DAY_MS) {
    const key = dayOf(at);
    days.push({ at, row: byDay.get(key) ?? { key, downloads: 0, bytes: 0, people: 0 } });
  }
  return days;
}

/** The text of a reply that is declared as JSON, but was requested as CSV. */
export const csvText = async (reply: Promise<{ readonly data?: unknown }>): Promise<string> =>
  (await reply).data as string;
