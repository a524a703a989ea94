import type { Column } from './row-file';

type Features = ReadonlyMap<string, Omit<Column, 'name'>>;
const MAX_CLASSES = 10_000;

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** Features that the `datasets` library writes into Parquet files (`huggingface` in the file's metadata). Invalid ones are ignored. */
export function featuresOf(json: string | undefined): Features {
  const features = parse(json);
  if (!isRecord(features)) return new Map();
  return new Map(
    Object.entries(features).flatMap(([name, feature]) => (isRecord(feature) ? [[name, of(feature)]] : [])),
  );
}

function parse(json: string | undefined): unknown {
  try {
    const value: unknown = JSON.parse(json ?? 'null');
    const info = isRecord(value) ? value['info'] : undefined;
    return isRecord(info) ? info['features'] : undefined;
  } catch {
    return undefined;
  }
}

function of({ _type: kind, dtype, names }: Record<string, unknown>): Omit<Column, 'name'> {
  if (kind === 'ClassLabel' && Array.isArray(names)) {
    const classNames = names.slice(0, MAX_CLASSES).filter((name) => typeof name === 'string');
    return { type: 'class label', classNames };
  }
  if (kind === 'Value') return typeof dtype === 'string' ? { type: dtype } : {};
  return typeof kind === 'string' ? { type: kind.toLowerCase() } : {};
}
