import { Injectable } from '@nestjs/common';
import { HubError } from '../../domain/hub-error.js';
import type { ByteRange } from '../../platform/storage/blob-store.js';
import { FilePartStore } from '../xet/file-part.store.js';
import type { StoredPart } from '../xet/file-parts.js';
import { XetIds } from '../xet/xet-ids.js';
import { SizedChunks } from './chunk-sizes.js';
import type { FilePart } from './file-part.js';
import { PlainLayout, type Content } from './plain-layout.js';

/** Parts with uploaded chunks are identified by their offset, others by their number. */
const UPLOADED = 'u';
const PART_ID = /^(u?)(\d{1,15})$/;

/** hf_xet requests at most 16 GB, and `@huggingface/hub` the whole file. */
const MAX_PARTS = 16_384;

/** Divides files into the parts that clients read. */
@Injectable()
export class FileLayouts {
  constructor(
    private readonly uploaded: FilePartStore,
    private readonly ids: XetIds,
  ) {}

  /**
   * The parts that have bytes of a range, in order: with the chunks with which the file was uploaded, or with equal ones.
   *
   * @throws HubError `BadRequest` if there are too many
   */
  async parts(file: Content, range: ByteRange): Promise<Iterable<FilePart>> {
    const found = await this.uploaded.inRange(file.sha256, range, MAX_PARTS + 1);
    if (found.length <= MAX_PARTS && covers(found, range)) return found.map(toPart);
    const layout = new PlainLayout(file, this.ids);
    if (layout.count(range) > MAX_PARTS)
      throw new HubError('BadRequest', 'The range has too many parts. Request at most 1 TB at once.');
    return layout.parts(range);
  }

  /** The part with an id; `undefined` if the file has none. */
  async part(file: Content, id: string): Promise<FilePart | undefined> {
    const [, uploaded, number] = PART_ID.exec(id) ?? [];
    if (number === undefined) return undefined;
    if (uploaded === '') return new PlainLayout(file, this.ids).part(Number(number));
    const found = await this.uploaded.at(file.sha256, Number(number));
    return found && toPart(found);
  }
}

const toPart = ({ offset, xorb, first, sizes }: StoredPart): FilePart => ({
  id: `${UPLOADED}${offset}`,
  xorb,
  first,
  start: offset,
  chunks: new SizedChunks(sizes),
});

/** Whether the parts have all bytes of the range. */
function covers(parts: readonly StoredPart[], { start, end }: ByteRange): boolean {
  let at = parts[0]?.offset ?? Infinity;
  if (at > start) return false;
  for (const { offset, bytes } of parts) {
    if (offset !== at) return false;
    at += bytes;
  }
  return at > end;
}
