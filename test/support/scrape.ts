import { sendRequest } from './send-request.js';

/** What a hub's `/metrics` says at one moment. */
export interface Scrape {
  readonly text: string;
  /** The sum of a figure's values under these labels; undefined when there are none. */
  value(name: string, labels?: Readonly<Record<string, string>>): number | undefined;
}

const LINE = /^(\w+)(?:\{(.*)\})? (-?[\d.e+-]+|[+-]Inf|NaN)$/i;

/** Asks as Prometheus does. @throws when the text is none that it would read */
export async function scrape(base: string, headers: Readonly<Record<string, string>> = {}): Promise<Scrape> {
  const answer = await sendRequest(base, '/metrics', { headers });
  if (answer.status !== 200) throw new Error(`/metrics answered ${answer.status}`);
  const text = answer.body.toString();
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const readings = lines.map((line) => {
    const [, name = '', labels = '', value = ''] = LINE.exec(line) ?? [];
    if (name === '') throw new Error(`not a figure: ${line}`);
    return { name, labels, value: Number(value) };
  });
  return {
    text,
    value(wanted, labels = {}) {
      const found = readings.filter(
        (one) =>
          one.name === wanted &&
          Object.entries(labels).every(([name, value]) => one.labels.includes(`${name}="${value}"`)),
      );
      return found.length === 0 ? undefined : found.reduce((sum, { value }) => sum + value, 0);
    },
  };
}
