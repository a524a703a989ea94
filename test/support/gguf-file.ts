/** A value in the header of a GGUF file. Numbers are 32-bit unsigned integers. */
export type GgufValue = string | number | boolean | readonly string[];

const GGML_F32 = 0;
const TYPE = { uint32: 4, bool: 7, string: 8, array: 9 } as const;

const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};
export const u64 = (value: number | bigint): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
};
const text = (value: string): Buffer => Buffer.concat([u64(Buffer.byteLength(value)), Buffer.from(value)]);

function typed(value: GgufValue): Buffer {
  if (typeof value === 'string') return Buffer.concat([u32(TYPE.string), text(value)]);
  if (typeof value === 'number') return Buffer.concat([u32(TYPE.uint32), u32(value)]);
  if (typeof value === 'boolean') return Buffer.concat([u32(TYPE.bool), Buffer.from([Number(value)])]);
  return Buffer.concat([u32(TYPE.array), u32(TYPE.string), u64(value.length), ...value.map(text)]);
}

/** The beginning of a GGUF file (version 3): magic number, version, and the numbers of tensors and metadata fields. */
export const ggufStart = (tensors: number | bigint, fields: number | bigint): Buffer =>
  Buffer.concat([Buffer.from('GGUF'), u32(3), u64(tensors), u64(fields)]);

/** A GGUF file with one tensor of `parameters` zeros. */
export function ggufFile(metadata: Readonly<Record<string, GgufValue>>, parameters = 32): Buffer {
  const fields = Object.entries(metadata).map(([key, value]) => Buffer.concat([text(key), typed(value)]));
  const tensor = Buffer.concat([text('token_embd.weight'), u32(1), u64(parameters), u32(GGML_F32), u64(0)]);
  const head = Buffer.concat([ggufStart(1, fields.length), ...fields, tensor]);
  return Buffer.concat([head, Buffer.alloc((32 - (head.length % 32)) % 32), Buffer.alloc(parameters * 4)]);
}
