import { decompress } from 'fzstd';
import {
  parquetMetadataAsync,
  parquetReadObjects,
  parquetSchema,
  type AsyncBuffer,
  type FileMetaData,
} from 'hyparquet';
import { readRange, type PathAt } from '@/api/files';
import { formatBytes } from '@/composables/format-numbers';
import { cellText, MAX_ROWS, type TableHead } from './table-cells';

/** Bytes that a preview may load. A column is loaded for all of its first row group, which can be large. */
const MAX_PREVIEW_BYTES = 16_000_000;

/** The first rows of a Parquet file, read with range requests: the footer, then the first column chunks. */
export async function readParquet(at: PathAt, size: number): Promise<TableHead> {
  const file: AsyncBuffer = {
    byteLength: size,
    slice: async (start, end) => {
      const bytes = await readRange(at, start, end ?? size);
      return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
    },
  };
  const metadata = await parquetMetadataAsync(file);
  const { selected, tooLarge } = selectColumns(metadata);
  const types = new Map(
    parquetSchema(metadata).children.map(({ element }) => [
      element.name,
      (element.converted_type ?? element.type ?? 'GROUP').toLowerCase(),
    ]),
  );
  const rows = await parquetReadObjects({
    file,
    metadata,
    columns: selected,
    rowStart: 0,
    rowEnd: Math.min(MAX_ROWS, Number(metadata.num_rows)),
    // Byte arrays without a string type can be images.
    utf8: false,
    compressors: { ZSTD: (input) => decompress(input) },
  });
  return {
    columns: selected.map((name) => ({ name, type: types.get(name)! })),
    rows: rows.map((row) => selected.map((name) => cellText(row[name]))),
    note: [
      `${rows.length < Number(metadata.num_rows) ? `The first ${rows.length} of ` : ''}${Number(metadata.num_rows).toLocaleString('en')} rows`,
      ...(tooLarge.length ? [`without columns that are too large for a preview: ${tooLarge.join(', ')}`] : []),
    ].join(', '),
  };
}

/**
 * Selects the columns that can be loaded within the limit, smallest first.
 * @throws Error if every column is too large
 */
function selectColumns({ row_groups: [first], schema }: FileMetaData): { selected: string[]; tooLarge: string[] } {
  const sizes = new Map<string, number>();
  for (const { meta_data: chunk } of first?.columns ?? []) {
    const name = chunk?.path_in_schema[0];
    if (name) sizes.set(name, (sizes.get(name) ?? 0) + Number(chunk.total_compressed_size));
  }
  let remaining = MAX_PREVIEW_BYTES;
  const fits = new Set<string>();
  for (const [name, size] of [...sizes].sort(([, a], [, b]) => a - b)) if ((remaining -= size) >= 0) fits.add(name);
  const names = [...sizes.keys()];
  if (names.length > 0 && fits.size === 0)
    throw new Error(`Every column is larger than ${formatBytes(MAX_PREVIEW_BYTES)}.`);
  if (names.length === 0) return { selected: schema.slice(1).map(({ name }) => name), tooLarge: [] };
  return { selected: names.filter((name) => fits.has(name)), tooLarge: names.filter((name) => !fits.has(name)) };
}
