import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { HubError } from '../../domain/hub-error.js';
import type { Source } from '../../domain/source.js';
import type { UnreadBody } from '../../domain/upstream.js';
import type { RequestContext } from '../../fallback/resolver/fallback-request.js';
import type { SourceReconstruction, XorbPlace } from '../../fallback/resolver/xet-reconstruction.js';
import { storageRefused } from '../../fallback/resolver/xet-storage-replies.js';
import { XetStorage, type XetFileRange } from '../../fallback/resolver/xet-storage.service.js';
import { sourceLabel } from '../../fallback/sources/source-label.js';
import { parseByteRange, type ByteRange } from '../../platform/http/byte-range.js';
import { matchesIfNoneMatch } from '../../platform/http/etag.js';
import type { HubRequest } from '../../platform/http/hub-request.js';
import type { WireReply } from '../../platform/http/send-reply.js';
import { waitForFirstChunk } from '../../platform/storage/wait-for-first-chunk.js';
import { CHUNK_HEADER_BYTES, readChunkHeader } from '../xet/format/chunk.js';
import { cacheKeyOf } from '../content-cache/cache-key.js';
import { OfferedFiles, type SourceCommit } from './offered-files.service.js';
import type { Reconstruction } from './reconstruction.js';
import { relayedId } from './relayed-ids.js';
import type { RelayedXetFile } from './xet-file.js';
import { xorbHeaders } from './xorb-headers.js';

/** `<xorb>-<first byte>-<last byte>` */
const PART = /^([0-9a-f]{64})-(\d{1,9})-(\d{1,9})$/;

/** Files of sources whose descriptions and bytes this hub requests from the storage of the source, and passes on. */
@Injectable()
export class RelayedXetFiles {
  constructor(
    private readonly offered: OfferedFiles,
    private readonly storage: XetStorage,
  ) {}

  /**
   * The file with an id; `undefined` if the commit has none that is relayed.
   * @throws HubError the error of the source
   */
  async find(of: SourceCommit, id: string, context: RequestContext): Promise<RelayedXetFile | undefined> {
    const file = await this.offered.find(of, id, context);
    if (!file) return undefined;
    const rangeOf = (range: ByteRange): XetFileRange => ({ ...of, hash: file.hash, range });
    return {
      size: file.size,
      served: { kind: 'relayed', source: sourceLabel(of.source) },
      reconstruct: async (range, linkOf) => {
        const found = await this.storage.describe(rangeOf(range), context);
        return withOwnIds(found, cacheKeyOf(of.source), linkOf);
      },
      read: (part, range, request) => this.read(rangeOf(range), part, request, context),
    };
  }

  private async read(
    file: XetFileRange,
    part: string,
    { method, headers: { range: header, 'if-none-match': ifNoneMatch } }: Pick<HubRequest, 'method' | 'headers'>,
    context: RequestContext,
  ): Promise<WireReply> {
    const [, xorb, first, last] = PART.exec(part) ?? [];
    if (xorb === undefined) throw new HubError('NotFound', 'This part of the file does not exist.');
    const [start, end] = [Number(first), Number(last)];
    const sourceKey = cacheKeyOf(file.source);
    const requested = parseByteRange(header, Number.MAX_SAFE_INTEGER) ?? { start, end };
    if (requested === 'unsatisfiable' || requested.start < start || requested.end > end)
      throw new HubError(
        'Forbidden',
        'The link does not permit these bytes. Request the range in the description of the file.',
      );
    if (matchesIfNoneMatch(ifNoneMatch, xorb)) return { status: 304, headers: xorbHeaders(xorb) };
    const isPlace = ({ xorb: hash, bytes }: XorbPlace): boolean =>
      bytes.start === start && bytes.end === end && relayedId('xorb', sourceKey, hash) === xorb;
    const placeIn = ({ terms }: SourceReconstruction) => terms.find(({ place }) => isPlace(place))?.place;
    const open = async (): Promise<UnreadBody> => {
      // a URL may be signed for exactly this range
      const all = await withChunks(await this.storage.open(file, { start, end }, placeIn, context), file.source);
      return requested.start === start && requested.end === end
        ? all
        : cut(all, requested.start - start, requested.end - requested.start + 1);
    };
    return {
      status: 206,
      headers: {
        ...xorbHeaders(xorb),
        'content-length': String(requested.end - requested.start + 1),
        'content-range': `bytes ${requested.start}-${requested.end}/*`,
      },
      ...(method !== 'HEAD' && { stream: await open() }),
    };
  }
}

/**
 * Checks that a stream begins with a chunk. Clients would repeat the request for minutes if they cannot decode the bytes, so they get an error that they do
 * not repeat. Later bytes are not checked.
 * @throws HubError if it does not
 */
async function withChunks(bytes: UnreadBody, source: Source): Promise<UnreadBody> {
  if (!(bytes instanceof Readable)) return bytes;
  const stream = await waitForFirstChunk(bytes);
  const first = stream.read() as Buffer | null;
  if (!first) return stream;
  try {
    if (first.length >= CHUNK_HEADER_BYTES) readChunkHeader(first, 0);
  } catch {
    stream.destroy();
    throw storageRefused(source, 'sent bytes that are not chunks of a xorb');
  }
  stream.unshift(first);
  return stream;
}

/** Some of the bytes of a stream. */
const cut = (stream: UnreadBody, skipped: number, length: number): Readable =>
  Readable.from(cutChunks(stream, skipped, length)).once('close', () => stream.destroy());

async function* cutChunks(
  chunks: AsyncIterable<Uint8Array>,
  skipped: number,
  length: number,
): AsyncGenerator<Uint8Array> {
  let [skip, left] = [skipped, length];
  for await (const chunk of chunks) {
    const part = chunk.subarray(skip, skip + left);
    skip = Math.max(0, skip - chunk.length);
    left -= part.length;
    if (part.length > 0) yield part;
    if (left === 0) return;
  }
}

/** The description for clients, who get ids of this hub instead of the hashes of the source. */
function withOwnIds(
  { offset, terms }: SourceReconstruction,
  sourceKey: string,
  linkOf: (part: string) => string,
): Reconstruction {
  const ids = new Map<string, string>();
  const idOf = (hash: string): string => {
    const id = ids.get(hash) ?? relayedId('xorb', sourceKey, hash);
    ids.set(hash, id);
    return id;
  };
  return {
    offset,
    terms: terms.map(({ xorb: hash, chunks, length, place: { bytes, chunks: fetched } }) => {
      const xorb = idOf(hash);
      return { xorb, chunks, length, url: linkOf(`${xorb}-${bytes.start}-${bytes.end}`), bytes, fetched };
    }),
  };
}
