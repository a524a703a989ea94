import { decompress } from 'fzstd';
import {
  parquetMetadataAsync,
  parquetReadObjects,
  parquetSchema,
  snappyUncompress,
  type AsyncBuffer,
  type FileMetaData,
  type RowGroup,
} from 'hyparquet';
import { readRange, type PathAt } from '@/api/files';
import { formatBytes } from '@/composables/format-numbers';
import { featuresOf } from './column-features';
import type { Column, RowFile } from './row-file';

/** Bytes to load for a page of rows. Without an index, a column is loaded for whole row groups, which can be large. */
const MAX_PAGE_BYTES = 32_000_000;
const MAX_METADATA_BYTES = 32_000_000;
/** Bytes of a decompressed part of a column. A hostile file can claim any size. */
const MAX_DECOMPRESSED_BYTES = 256_000_000;

const limited =
  (uncompress: (input: Uint8Array, size: number) => Uint8Array) =>
  (input: Uint8Array, size: number): Uint8Array => {
    if (size > MAX_DECOMPRESSED_BYTES)
      throw new Error(`A part of a column has more than ${formatBytes(MAX_DECOMPRESSED_BYTES)} when decompressed.`);
    return uncompress(input, size);
  };

const COMPRESSORS = {
  ZSTD: limited((input, size) => decompress(input, new Uint8Array(size))),
  SNAPPY: limited((input, size) => {
    const output = new Uint8Array(size);
    snappyUncompress(input, output);
    return output;
  }),
};

/** Opens a Parquet file, of which only the footer and the columns of the visible rows are read, with range requests. */
export async function openParquet(at: PathAt, size: number): Promise<RowFile> {
  const file = rangesOf(at, size);
  const metadata = await parquetMetadataAsync(file);
  const count = Number(metadata.num_rows);
  const columns = columnsOf(metadata);
  return {
    count,
    isComplete: true,
    read: async (start, end) => {
      const { selected, tooLarge } = selectColumns(groupsOf(metadata, start, end), [...columns.keys()]);
      const options = { file, metadata, columns: selected, rowStart: start, rowEnd: end, compressors: COMPRESSORS };
      // Byte arrays without a string type can be images.
      const rows = await parquetReadObjects({ ...options, utf8: false, useOffsetIndex: true });
      return {
        columns: selected.map((name) => columns.get(name)!),
        rows: rows.map((row) => selected.map((name): unknown => row[name])),
        tooLarge,
      };
    },
  };
}

const rangesOf = (at: PathAt, size: number): AsyncBuffer => ({
  byteLength: size,
  slice: async (start, end = size) => {
    if (end - start > MAX_METADATA_BYTES + MAX_PAGE_BYTES)
      throw new Error(`The file asks to read ${formatBytes(end - start)} at once.`);
    const bytes = await readRange(at, start, end);
    return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  },
});

function columnsOf(metadata: FileMetaData): Map<string, Column> {
  const features = featuresOf(metadata.key_value_metadata?.find(({ key }) => key === 'huggingface')?.value);
  return new Map(
    parquetSchema(metadata).children.map(({ element, children }) => {
      const stored = (element.converted_type ?? element.type ?? (children.length > 0 ? 'struct' : '')).toLowerCase();
      return [element.name, { name: element.name, type: stored, ...features.get(element.name) }];
    }),
  );
}

/** A row group, and the share of its rows that are read. */
interface ReadGroup {
  readonly group: RowGroup;
  readonly share: number;
}

function groupsOf({ row_groups: groups }: FileMetaData, start: number, end: number): ReadGroup[] {
  let first = 0;
  return groups.flatMap((group) => {
    const [from, count] = [first, Number(group.num_rows)];
    first += count;
    const rows = Math.min(end, first) - Math.max(start, from);
    return rows > 0 ? [{ group, share: rows / count }] : [];
  });
}

/** Pages of a column usually have 1 MB. */
const USUAL_PAGE_BYTES = 1_000_000;

/** Bytes of a column to read: with an index only the pages with these rows, otherwise all. */
function bytesOf({ meta_data: chunk, offset_index_offset: index }: RowGroup['columns'][number], share: number): number {
  const size = Math.max(0, Number(chunk?.total_compressed_size ?? 0));
  return index === undefined ? size : Math.min(size, size * share + USUAL_PAGE_BYTES);
}

/**
 * Selects the columns that can be loaded within the limit, smallest first.
 * @throws Error if every column is too large
 */
function selectColumns(
  groups: readonly ReadGroup[],
  names: readonly string[],
): { selected: string[]; tooLarge: string[] } {
  const sizes = new Map(names.map((name) => [name, 0]));
  for (const { group, share } of groups)
    for (const chunk of group.columns) {
      const name = chunk.meta_data?.path_in_schema[0] ?? '';
      if (sizes.has(name)) sizes.set(name, sizes.get(name)! + bytesOf(chunk, share));
    }
  let remaining = MAX_PAGE_BYTES;
  const fits = new Set<string>();
  for (const [name, size] of [...sizes].sort(([, a], [, b]) => a - b)) if ((remaining -= size) >= 0) fits.add(name);
  if (names.length > 0 && fits.size === 0)
    throw new Error(`Every column is larger than ${formatBytes(MAX_PAGE_BYTES)}.`);
  return { selected: names.filter((name) => fits.has(name)), tooLarge: names.filter((name) => !fits.has(name)) };
}
