/** A safetensors file with one tensor of zeros for each type and shape. */
export function safetensorsFile(
  tensors: Readonly<Record<string, readonly [dtype: 'F32' | 'BF16', ...shape: number[]]>>,
): Buffer {
  let at = 0;
  const header: Record<string, object> = {};
  for (const [name, [dtype, ...shape]] of Object.entries(tensors)) {
    const bytes = shape.reduce((product, size) => product * size, 1) * (dtype === 'F32' ? 4 : 2);
    header[name] = { dtype, shape, data_offsets: [at, at + bytes] };
    at += bytes;
  }
  const json = Buffer.from(JSON.stringify(header));
  return Buffer.concat([lengthOf(json.length), json, Buffer.alloc(at)]);
}

/** The length of the header, with which a safetensors file begins. */
export function lengthOf(length: number | bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(length));
  return bytes;
}
