const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];

/** Bytes per unit, by the unit in lower case. As on huggingface.co, GB is decimal; GiB is binary. */
const FACTORS: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['b', 1],
  ...['k', 'm', 'g', 't', 'p'].flatMap((letter, index): [string, number][] => [
    [`${letter}b`, 1000 ** (index + 1)],
    [`${letter}ib`, 1024 ** (index + 1)],
  ]),
]);

/** A size for people, with up to three digits: 2_130_000_000 → "2.13 GB", 10_000_000_000 → "10 GB". */
export function formatBytes(bytes: number): string {
  const step = bytes < 1000 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), UNITS.length - 1);
  const value = Number((bytes / 1000 ** step).toPrecision(3));
  // 999,999 bytes are rounded to 1000 kB
  return value >= 1000 && step > 0 && step < UNITS.length - 1 ? `1 ${UNITS[step + 1]}` : `${value} ${UNITS[step]}`;
}

/** Two different sizes for people: in bytes if they would look equal otherwise. */
export function formatDifferentBytes(first: number, second: number): readonly [string, string] {
  const texts = [formatBytes(first), formatBytes(second)] as const;
  return texts[0] === texts[1] ? [inBytes(first), inBytes(second)] : texts;
}

const inBytes = (bytes: number): string => `${bytes.toLocaleString('en')} bytes`;

/** Reads a size such as "1000000", "10GB" or "1.5 TiB". Returns `undefined` if the text is not a size, or is more than 2^53 bytes. */
export function parseBytes(text: string): number | undefined {
  const [, digits = '', unit = ''] = /^(\d{1,16}(?:\.\d{1,3})?) ?([a-z]{0,3})$/i.exec(text.trim()) ?? [];
  const factor = FACTORS.get(unit.toLowerCase());
  const bytes = digits === '' || factor === undefined ? NaN : Math.round(Number(digits) * factor);
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}
