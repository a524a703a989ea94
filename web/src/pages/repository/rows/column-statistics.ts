/** Facts about the values of a column that are loaded. */
export interface ColumnStatistics {
  readonly missing: number;
  /** `1 to 9, mean 4.5`, or `3 distinct values`. */
  readonly summary: string;
  /** Numbers of values in equal intervals, or of each frequent value. */
  readonly bars: readonly { readonly label: string; readonly count: number }[];
}

const BINS = 10;
const MAX_VALUES = 10;

const format = (value: number): string =>
  Number.isInteger(value) ? value.toLocaleString('en') : Number(value.toPrecision(4)).toString();
const isMissing = (value: unknown): boolean => value === null || value === undefined || value === '';

/** @param classNames names of the numbers 0, 1, … */
export function statisticsOf(values: readonly unknown[], classNames?: readonly string[]): ColumnStatistics {
  const present = values.filter((value) => !isMissing(value));
  const missing = values.length - present.length;
  const named = classNames ? present.map((value) => classNames[Number(value)] ?? String(value)) : present;
  const numbers = named.map(numberOf);
  if (present.length > 0 && numbers.every((value) => value !== undefined)) return { missing, ...ofNumbers(numbers) };
  if (named.every((value) => typeof value === 'string' || typeof value === 'boolean'))
    return { missing, ...ofTexts(named.map(String)) };
  if (named.every(Array.isArray))
    return {
      missing,
      ...ofLengths(
        named.map(({ length }) => length),
        'items',
      ),
    };
  return { missing, summary: '', bars: [] };
}

/** Text files have numbers as text. */
function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value === 'bigint') return Number(value);
  return typeof value === 'string' && /^\s*-?\d+(?:\.\d+)?(?:e[+-]?\d+)?\s*$/i.test(value) ? Number(value) : undefined;
}

type Facts = Omit<ColumnStatistics, 'missing'>;

function ofNumbers(values: readonly number[]): Facts {
  const [min, max] = [Math.min(...values), Math.max(...values)];
  const mean = values.reduce((sum, value) => sum + value / values.length, 0);
  if (min === max) return { summary: `always ${format(min)}`, bars: [] };
  return { summary: `${format(min)} to ${format(max)}, mean ${format(mean)}`, bars: binsOf(values, min, max) };
}

function ofLengths(lengths: readonly number[], unit: string): Facts {
  if (lengths.length === 0) return { summary: '', bars: [] };
  const [min, max] = [Math.min(...lengths), Math.max(...lengths)];
  if (min === max) return { summary: `${format(min)} ${unit}`, bars: [] };
  return { summary: `${format(min)} to ${format(max)} ${unit}`, bars: binsOf(lengths, min, max) };
}

function ofTexts(values: readonly string[]): Facts {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  if (counts.size > MAX_VALUES || counts.size === values.length)
    return ofLengths(
      values.map(({ length }) => length),
      'characters',
    );
  const bars = [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([label, count]) => ({ label: label.slice(0, 100), count }));
  return { summary: `${counts.size} distinct ${counts.size === 1 ? 'value' : 'values'}`, bars };
}

function binsOf(values: readonly number[], min: number, max: number): Facts['bars'] {
  const counts = Array.from({ length: BINS }, () => 0);
  const width = (max - min) / BINS;
  for (const value of values) counts[Math.min(BINS - 1, Math.floor((value - min) / width))]! += 1;
  const edge = (index: number): string => format(min + index * width);
  return counts.map((count, index) => ({ label: `${edge(index)} to ${edge(index + 1)}`, count }));
}
