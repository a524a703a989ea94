import type { ShardFile } from './format/shard.js';

const MAX_FILES = 32;
const MAX_BYTES = 64 * 1024 * 1024;

/** Splits the files of a shard into groups that are created together. A larger file is a group by itself. */
export function* groupFiles(files: Iterable<ShardFile>): Generator<ShardFile[]> {
  let group: ShardFile[] = [];
  let bytes = 0;
  for (const file of files) {
    if (group.length > 0 && (group.length === MAX_FILES || bytes + file.size > MAX_BYTES)) {
      yield group;
      [group, bytes] = [[], 0];
    }
    group.push(file);
    bytes += file.size;
  }
  if (group.length > 0) yield group;
}
