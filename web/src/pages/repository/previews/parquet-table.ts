import { decompress } from 'fzstd';
import {
  parquetMetadataAsync,
  parquetReadObjects,
  parquetSchema,
  type AsyncBuffer,
  type FileMetaData,
} from 'hyparquet';
import { readRange, type PathAt } from '@/api/files';
import { byteSize } from '@/composables/numbers';
import { cellText, MAX_ROWS, type TableHead } from './table-cells';

/** What looking at a file's head may cost. A column is read for its whole first row group, which may be large. */
const BUDGET = 16_000_000;

/** The first rows of a Parquet file, read by ranges: its end, where the layout is, and the columns' first pieces. */
export async function readParquet(at: PathAt, size: number): Promise<TableHead> {
  const file: AsyncBuffer = {
    byteLength: size,
    slice: async (start, end) => {
      const bytes = await readRange(at, start, end ?? size);
      return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
    },
  };
  const metadata = await parquetMetadataAsync(file);
  const { fitting, tooLarge } = affordable(metadata);
  const types = new Map(
    parquetSchema(metadata).children.map(({ element }) => [
      element.name,
      (element.converted_type ?? element.type ?? 'GROUP').toLowerCase(),
    ]),
  );
  const rows = await parquetReadObjects({
    ...{ file, metadata, columns: fitting, rowStart: 0, rowEnd: Math.min(MAX_ROWS, Number(metadata.num_rows)) },
    // Bytes that are not named text may be pictures.
    utf8: false,
    compressors: { ZSTD: (input) => decompress(input) },
  });
  return {
    columns: fitting.map((name) => ({ name, type: types.get(name)! })),
    rows: rows.map((row) => fitting.map((name) => cellText(row[name]))),
    note: [
      `${rows.length < Number(metadata.num_rows) ? `The first ${rows.length} of ` : ''}${Number(metadata.num_rows).toLocaleString('en')} rows`,
      ...(tooLarge.length ? [`without columns that are too large to look into: ${tooLarge.join(', ')}`] : []),
    ].join(', '),
  };
}

/** The columns whose first pieces can be loaded within the budget, smallest ones first. @throws Error where there is none */
function affordable({ row_groups: [first], schema }: FileMetaData): { fitting: string[]; tooLarge: string[] } {
  const sizes = new Map<string, number>();
  for (const { meta_data: piece } of first?.columns ?? []) {
    const name = piece?.path_in_schema[0];
    if (name) sizes.set(name, (sizes.get(name) ?? 0) + Number(piece.total_compressed_size));
  }
  let left = BUDGET;
  const chosen = new Set<string>();
  for (const [name, size] of [...sizes].sort(([, a], [, b]) => a - b)) if ((left -= size) >= 0) chosen.add(name);
  const names = [...sizes.keys()];
  if (names.length > 0 && chosen.size === 0)
    throw new Error(`Every column's first piece is larger than ${byteSize(BUDGET)}.`);
  if (names.length === 0) return { fitting: schema.slice(1).map(({ name }) => name), tooLarge: [] };
  return { fitting: names.filter((name) => chosen.has(name)), tooLarge: names.filter((name) => !chosen.has(name)) };
}
