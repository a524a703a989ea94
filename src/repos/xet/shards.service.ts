import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { XetShard, type ShardFile } from '../../hub/rules/xet-shard.js';
import { LfsObjectsService } from '../lfs/lfs-objects.service.js';
import { wholeBody } from './body-of.js';
import { ChunkReader } from './chunk-reader.service.js';
import type { UsedChunks } from './known-xorb.js';
import { XetGrants, type XetGrant } from './xet-grants.service.js';
import { XorbBytes } from './xorb-bytes.service.js';
import { XorbStore } from './xorb.store.js';

/** The protocol's limit (hub-docs docs/xet/upload-protocol.md). */
const LONGEST_SHARD = 64 * 1024 * 1024;
/** Rows of one statement. */
const AT_ONCE = 2_000;

/** Makes large files of xorbs, as shards say. */
@Injectable()
export class ShardsService {
  constructor(
    private readonly grants: XetGrants,
    private readonly reader: ChunkReader,
    private readonly objects: LfsObjectsService,
    private readonly bytes: XorbBytes,
    private readonly xorbs: XorbStore,
  ) {}

  /**
   * Puts together every file of the shard and stores it as a large file of the repository, which commits may then name.
   * @throws HubError `Unauthorized`, `RepoNotFound`, `PayloadTooLarge`; `BadRequest` for a malformed shard, a chunk that is not here, or
   *   a file that comes out with another SHA-256: then nothing of that file is kept
   */
  async register(token: string | undefined, body: Readable): Promise<{ result: 1 }> {
    const grant = await this.grants.check(token);
    const shard = new XetShard(await wholeBody(body, LONGEST_SHARD));
    for (const hashes of batches(shard.xorbs())) await this.xorbs.renew(hashes, grant.accountId);
    for (const file of shard.files()) await this.build(file, grant);
    await this.xorbs.forgetOld();
    return { result: 1 };
  }

  private async build(file: ShardFile, { repositoryId, accountId }: XetGrant): Promise<void> {
    const used: UsedChunks[] = [];
    await this.objects.receive(repositoryId, this.content(file, accountId, used), file);
    for (const some of batches(used)) await this.xorbs.addRuns(file.sha256, some);
    for (const ids of batches(new Set(used.map(({ xorbId }) => xorbId)))) {
      for (const sha256 of await this.xorbs.release(ids)) await this.bytes.drop(sha256);
    }
  }

  private async *content(file: ShardFile, accountId: number, used: UsedChunks[]): AsyncGenerator<Uint8Array> {
    let offset = 0;
    for (const term of file.terms()) {
      const { xorbId, content } = await this.reader.read(term, accountId);
      yield* content;
      used.push({ xorbId, first: term.first, end: term.end, offset });
      offset += term.size;
    }
  }
}

function* batches<T>(items: Iterable<T>): Generator<T[]> {
  let batch: T[] = [];
  for (const item of items) {
    if (batch.push(item) < AT_ONCE) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
