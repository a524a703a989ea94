const STEPS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_557_600],
  ['month', 2_629_800],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
];
const formatter = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });

/**
 * "3 days ago".
 * @param at ISO 8601
 */
export function timeAgo(at: string, now = Date.now()): string {
  const seconds = (Date.parse(at) - now) / 1000;
  if (Number.isNaN(seconds)) return '–';
  const step = STEPS.find(([, length]) => Math.abs(seconds) >= length);
  return step ? formatter.format(Math.trunc(seconds / step[1]), step[0]) : 'just now';
}
