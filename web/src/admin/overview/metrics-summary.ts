import type { Schemas } from '@/api/client';
import { betweenSamples, type Sample } from '../../composables/use-history';

export type Summary = Schemas['MetricsSummaryDto'];
/** The part of a summary that charts show. */
type Counts = Pick<Summary, 'requests' | 'sources'>;
type Group = Summary['requests'][number]['group'];

interface Line {
  readonly label: string;
  readonly values: (number | null)[];
  readonly bad?: boolean;
}

/** Lines of the chart by request group. The portal's own requests are not included. */
const CHART_GROUPS: Readonly<Record<string, readonly Group[]>> = {
  Files: ['files'],
  Reads: ['repositories', 'lists', 'accounts'],
  Writes: ['writes'],
  Pages: ['pages'],
};
const COUNTED_GROUPS = new Set<Group>(Object.values(CHART_GROUPS).flat());

const sum = (counts: readonly { readonly count: number }[]): number =>
  counts.reduce((total, { count }) => total + count, 0);

/** Counts all responses, and those with status 5xx. */
export function countResponses({ requests }: Pick<Summary, 'requests'>): {
  readonly all: number;
  readonly errors: number;
} {
  const counted = requests.filter(({ group }) => COUNTED_GROUPS.has(group) || group === 'other');
  return { all: sum(counted), errors: sum(counted.filter(({ status }) => status >= 500)) };
}

const countIn = (summary: Counts, groups: readonly Group[]): number =>
  sum(summary.requests.filter(({ group }) => groups.includes(group)));

export const perSecond = (rate: number): string => `${Number(rate.toPrecision(2))}/s`;

/** Requests per second between consecutive samples, by group; null across a restart of the hub. */
export function requestRates(history: readonly Sample<Counts>[]): { times: number[]; lines: Line[] } {
  const rate = (count: (summary: Counts) => number): (number | null)[] =>
    betweenSamples(history, (now, before, seconds) => {
      const increase = count(now) - count(before);
      return increase < 0 ? null : increase / seconds;
    }).map(({ value }) => value);
  return {
    times: history.slice(1).map(({ at }) => at),
    lines: [
      ...Object.entries(CHART_GROUPS).map(([label, groups]) => ({
        label,
        values: rate((summary) => countIn(summary, groups)),
      })),
      { label: 'Server errors', bad: true, values: rate((summary) => countResponses(summary).errors) },
    ],
  };
}

/** The median latency of each source in milliseconds; null before its first response. */
export function latencyLines(history: readonly Sample<Counts>[]): Line[] {
  const names = new Map(history.at(-1)?.value.sources.map(({ id, name }) => [id, name]));
  return [...names].map(([id, label]) => ({
    label,
    values: history.map(({ value }) => value.sources.find((source) => source.id === id)?.p50_ms ?? null),
  }));
}

/** The samples that the hub has kept, followed by the more recent ones of this page. */
export function withKept(
  kept: readonly Schemas['MetricsSampleDto'][],
  own: readonly Sample<Counts>[],
): Sample<Counts>[] {
  const start = own[0]?.at ?? Infinity;
  const earlier = kept.map(({ at, ...value }) => ({ at: Date.parse(at), value })).filter(({ at }) => at < start);
  return [...earlier, ...own];
}
