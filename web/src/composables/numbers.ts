const short = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });
const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];

/** 1234567 → "1.2M". */
export const shortNumber = (value: number): string => short.format(value);

/** Bytes in decimal units, as disks and the HF pages have them: 1234567 → "1.23 MB". */
export function byteSize(bytes: number): string {
  const step = bytes < 1 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), UNITS.length - 1);
  const value = bytes / 1000 ** step;
  // 999.6 of a unit is 1000 of it in three digits, and so one of the next.
  if (value >= 999.5 && step > 0 && step < UNITS.length - 1) return `1.00 ${UNITS[step + 1]}`;
  return `${step === 0 ? value : value.toPrecision(3)} ${UNITS[step]}`;
}

/** "1 download", "1.2M downloads", "2 misses". */
export const counted = (count: number, thing: string, things = `${thing}s`): string =>
  `${shortNumber(count)} ${count === 1 ? thing : things}`;

/** 84 → "84 ms", 12340 → "12.3 s". */
export const milliseconds = (ms: number): string =>
  ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;

/** 0.0123 → "1.2%"; what is more than nothing is never told as nothing. @param share 0 to 1 */
export function percent(share: number): string {
  if (share > 0 && share < 0.001) return '<0.1%';
  if (share < 1 && share > 0.999) return '>99.9%';
  return `${Number((share * 100).toFixed(1))}%`;
}

const SPANS = [
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
  ['s', 1],
] as const;

/** 93784 → "1 d 2 h": the two largest units say enough. */
export function duration(seconds: number): string {
  const first = SPANS.findIndex(([, length]) => seconds >= length);
  if (first < 0) return '0 s';
  const [[unit, length], smaller] = [SPANS[first]!, SPANS[first + 1]];
  const rest = smaller ? Math.floor((seconds % length) / smaller[1]) : 0;
  return `${Math.floor(seconds / length)} ${unit}${rest && smaller ? ` ${rest} ${smaller[0]}` : ''}`;
}
