import { readRange, type PathAt } from '@/api/files';

export interface Tensor {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly parameters: number;
}

export interface SafetensorsHeader {
  readonly tensors: readonly Tensor[];
  readonly metadata: Readonly<Record<string, string>>;
  readonly parameters: number;
}

/** The format allows 100 MB, which would slow down the browser. */
const MAX_HEADER_BYTES = 25_000_000;
/** Enough for the header of most files, so that one request is sufficient. */
const FIRST_READ_BYTES = 100_000;
const LENGTH_BYTES = 8;

/**
 * Reads the header of a safetensors file (see https://huggingface.co/docs/safetensors).
 * @throws Error if the file is not in this format
 */
export async function readSafetensors(at: PathAt, signal?: AbortSignal): Promise<SafetensorsHeader> {
  const head = await readRange(at, 0, FIRST_READ_BYTES, signal);
  if (head.byteLength < LENGTH_BYTES) throw new Error('The file is too short to be a safetensors file.');
  const length = Number(new DataView(head.buffer, head.byteOffset).getBigUint64(0, true));
  if (length > MAX_HEADER_BYTES)
    throw new Error(`The header would have ${length} bytes, so this is not a safetensors file.`);
  const end = LENGTH_BYTES + length;
  const whole = head.byteLength >= end ? head : await readRange(at, 0, end, signal);
  return parseHeader(new TextDecoder().decode(whole.subarray(LENGTH_BYTES, end)));
}

interface TensorEntry {
  readonly dtype?: unknown;
  readonly shape?: unknown;
}

function parseHeader(text: string): SafetensorsHeader {
  const { __metadata__: metadata, ...entries } = parseObject(text);
  const tensors = Object.entries(entries).map(([name, entry]) => toTensor(name, toEntry(name, entry)));
  return {
    tensors,
    metadata: Object.fromEntries(Object.entries(metadata ?? {}).map(([key, value]) => [key, String(value)])),
    parameters: tensors.reduce((sum, { parameters }) => sum + parameters, 0),
  };
}

function parseObject(text: string): Record<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(text);
  } catch (cause) {
    throw new Error('This safetensors header is invalid: it is not JSON.', { cause });
  }
  if (typeof header === 'object' && header !== null && !Array.isArray(header)) return header as Record<string, unknown>;
  throw new Error('This safetensors header is invalid: it is not a JSON object.');
}

function toEntry(name: string, entry: unknown): TensorEntry {
  if (typeof entry === 'object' && entry !== null) return entry;
  throw new Error(`This safetensors header is invalid: tensor "${name}" has no description.`);
}

function toTensor(name: string, { dtype, shape }: TensorEntry): Tensor {
  const sizes = Array.isArray(shape) ? shape.map(Number) : [];
  return { name, dtype: String(dtype), shape: sizes, parameters: sizes.reduce((product, size) => product * size, 1) };
}
