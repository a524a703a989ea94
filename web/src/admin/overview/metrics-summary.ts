import type { Schemas } from '@/api/client';
import { betweenSamples, type Sample } from '../../composables/use-history';

export type Summary = Schemas['MetricsSummaryDto'];
type Group = Summary['requests'][number]['group'];

interface Line {
  readonly label: string;
  readonly values: (number | null)[];
  readonly bad?: boolean;
}

/** Who watches the hub is no part of what it does: the portal's own questions are left out. */
const GROUPS: Readonly<Record<string, readonly Group[]>> = {
  Files: ['files'],
  Reads: ['repositories', 'lists', 'accounts'],
  Writes: ['writes'],
  Pages: ['pages'],
};
const COUNTED = new Set<Group>(Object.values(GROUPS).flat());

const sum = (counts: readonly { readonly count: number }[]): number =>
  counts.reduce((all, { count }) => all + count, 0);

/** How many answers there were, and how many of them were the hub's own failure. */
export function answersOf({ requests }: Summary): { readonly all: number; readonly errors: number } {
  const counted = requests.filter(({ group }) => COUNTED.has(group) || group === 'other');
  return { all: sum(counted), errors: sum(counted.filter(({ status }) => status >= 500)) };
}

const countIn = (summary: Summary, groups: readonly Group[]): number =>
  sum(summary.requests.filter(({ group }) => groups.includes(group)));

export const perSecond = (rate: number): string => `${Number(rate.toPrecision(2))}/s`;

/** Requests per second between each two samples, by what they are about; null where the hub was started anew. */
export function answerRates(history: readonly Sample<Summary>[]): { times: number[]; lines: Line[] } {
  const rate = (of: (summary: Summary) => number): (number | null)[] =>
    betweenSamples(history, (now, before, seconds) => {
      const more = of(now) - of(before);
      return more < 0 ? null : more / seconds;
    }).map(({ value }) => value);
  return {
    times: history.slice(1).map(({ at }) => at),
    lines: [
      ...Object.entries(GROUPS).map(([label, groups]) => ({ label, values: rate((one) => countIn(one, groups)) })),
      { label: 'Server errors', bad: true, values: rate((one) => answersOf(one).errors) },
    ],
  };
}

/** The median latency of each source, by name; null where it was not asked yet. */
export function upstreamLines(history: readonly Sample<Summary>[]): Line[] {
  const names = new Map(history.at(-1)?.value.sources.map(({ id, name }) => [id, name]));
  return [...names].map(([id, label]) => ({
    label,
    values: history.map(({ value }) => value.sources.find((source) => source.id === id)?.p50_ms ?? null),
  }));
}
