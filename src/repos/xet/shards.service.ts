import { Injectable } from '@nestjs/common';
import { XetShard } from './format/shard.js';
import type { HubRequest } from '../../platform/http/hub-request.js';
import { bufferBody } from '../../platform/http/request-body.js';
import { FileBuilder } from './file-builder.service.js';
import { splitIntoBatches } from './split-into-batches.js';
import { XetGrants } from './xet-grants.service.js';
import { XorbStore } from './xorb.store.js';

/** The protocol's limit (hub-docs docs/xet/upload-protocol.md). */
const MAX_SHARD_BYTES = 64 * 1024 * 1024;

/** Receives shards, which describe the files that consist of the uploaded xorbs. */
@Injectable()
export class ShardsService {
  constructor(
    private readonly grants: XetGrants,
    private readonly builder: FileBuilder,
    private readonly xorbs: XorbStore,
  ) {}

  /**
   * Creates a large file of the repository for each file of the shard. Commits can then use them.
   *
   * @throws HubError `Unauthorized`, `RepoNotFound`, `PayloadTooLarge`; `BadRequest` for a malformed shard, and as `FileBuilder.build`
   */
  async register(token: string | undefined, body: HubRequest): Promise<{ result: 1 }> {
    const grant = await this.grants.check(token);
    const shard = new XetShard(await bufferBody(body, MAX_SHARD_BYTES));
    for (const hashes of splitIntoBatches(shard.xorbs())) await this.xorbs.renew(hashes, grant.accountId);
    for (const file of shard.files()) await this.builder.build(file, grant);
    return { result: 1 };
  }
}
