const short = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });
const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];

/** 1234567 → "1.2M". */
export const shortNumber = (value: number): string => short.format(value);

/** Bytes in decimal units, as disks and the HF pages have them: 1234567 → "1.23 MB". */
export function byteSize(bytes: number): string {
  const step = bytes < 1 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), UNITS.length - 1);
  const value = bytes / 1000 ** step;
  return `${step === 0 ? value : value.toPrecision(3)} ${UNITS[step]}`;
}

/** "1 download", "1.2M downloads". */
export const counted = (count: number, thing: string): string =>
  `${shortNumber(count)} ${thing}${count === 1 ? '' : 's'}`;
