import { readRange, type PathAt } from '@/api/files';

/** One tensor as a file's header describes it. */
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

/** The format allows 100 MB; what is longer than this would only slow the browser. */
const LONGEST = 25_000_000;
/** Enough for the header of most files, so that one question does. */
const FIRST = 100_000;
const LENGTH_BYTES = 8;

/** Reads what a safetensors file holds, from its first bytes alone. @throws Error for what is no such file */
export async function readSafetensors(at: PathAt, signal?: AbortSignal): Promise<SafetensorsHeader> {
  const head = await readRange(at, 0, FIRST, signal);
  if (head.byteLength < LENGTH_BYTES) throw new Error('The file is too short for a safetensors file.');
  const length = Number(new DataView(head.buffer, head.byteOffset).getBigUint64(0, true));
  if (length > LONGEST) throw new Error(`Its header would have ${length} bytes: this is no safetensors file.`);
  const end = LENGTH_BYTES + length;
  const whole = head.byteLength >= end ? head : await readRange(at, 0, end, signal);
  return parseHeader(new TextDecoder().decode(whole.subarray(LENGTH_BYTES, end)));
}

interface Described {
  readonly dtype?: unknown;
  readonly shape?: unknown;
}

function parseHeader(text: string): SafetensorsHeader {
  const { __metadata__: metadata, ...entries } = JSON.parse(text) as Record<string, unknown>;
  const tensors = Object.entries(entries).map(([name, described]) => toTensor(name, described as Described));
  return {
    tensors,
    metadata: Object.fromEntries(Object.entries(metadata ?? {}).map(([key, value]) => [key, String(value)])),
    parameters: tensors.reduce((sum, { parameters }) => sum + parameters, 0),
  };
}

function toTensor(name: string, { dtype, shape }: Described): Tensor {
  const sizes = Array.isArray(shape) ? shape.map(Number) : [];
  return { name, dtype: String(dtype), shape: sizes, parameters: sizes.reduce((product, size) => product * size, 1) };
}
