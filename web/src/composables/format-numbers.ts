const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });
const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];

/** 1234567 → "1.2M". */
export const formatCompact = (value: number): string => compact.format(value);

/** Bytes in decimal units, as on huggingface.co: 1234567 → "1.23 MB"; "–" for a size that the source did not report. */
export function formatBytes(bytes: number | undefined): string {
  if (bytes === undefined) return '–';
  const step = bytes < 1 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), UNITS.length - 1);
  const value = bytes / 1000 ** step;
  // 999.6 kB would be rounded to "1.00e+3 kB".
  if (value >= 999.5 && step > 0 && step < UNITS.length - 1) return `1.00 ${UNITS[step + 1]}`;
  return `${step === 0 ? value : value.toPrecision(3)} ${UNITS[step]}`;
}

/** "1 download", "1.2M downloads", "2 misses". */
export const formatCount = (count: number, singular: string, plural = `${singular}s`): string =>
  `${formatCompact(count)} ${count === 1 ? singular : plural}`;

/** 84 → "84 ms", 12340 → "12.3 s". */
export const formatMilliseconds = (ms: number): string =>
  ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;

/**
 * 0.0123 → "1.2%"; tiny and almost complete shares are "<0.1%" and ">99.9%".
 * @param share 0 to 1
 */
export function formatPercent(share: number): string {
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

/** 93784 → "1 d 2 h": the two largest units. */
export function formatDuration(seconds: number): string {
  const first = SPANS.findIndex(([, length]) => seconds >= length);
  if (first < 0) return '0 s';
  const [[unit, length], smaller] = [SPANS[first]!, SPANS[first + 1]];
  const rest = smaller ? Math.floor((seconds % length) / smaller[1]) : 0;
  return `${Math.floor(seconds / length)} ${unit}${rest && smaller ? ` ${rest} ${smaller[0]}` : ''}`;
}
