import { sendRequest } from './send-request.js';

/** The content of `/metrics`. */
export interface Scrape {
  readonly text: string;
  /** The sum of a metric's values with these labels; `undefined` if no line matches. */
  value(name: string, labels?: Readonly<Record<string, string>>): number | undefined;
}

const LINE = /^(\w+)(?:\{(.*)\})? (-?[\d.e+-]+|[+-]Inf|NaN)$/i;

/**
 * Scrapes `/metrics`.
 * @throws if it is not in Prometheus' text format
 */
export async function scrape(base: string, headers: Readonly<Record<string, string>> = {}): Promise<Scrape> {
  const response = await sendRequest(base, '/metrics', { headers });
  if (response.status !== 200) throw new Error(`/metrics returned ${response.status}`);
  const text = response.body.toString();
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const readings = lines.map((line) => {
    const [, name = '', labels = '', value = ''] = LINE.exec(line) ?? [];
    if (name === '') throw new Error(`Invalid metrics line: ${line}`);
    return { name, labels, value: Number(value) };
  });
  return {
    text,
    value(wanted, labels = {}) {
      const matches = readings.filter(
        (reading) =>
          reading.name === wanted &&
          Object.entries(labels).every(([name, value]) => reading.labels.includes(`${name}="${value}"`)),
      );
      return matches.length === 0 ? undefined : matches.reduce((sum, { value }) => sum + value, 0);
    },
  };
}
