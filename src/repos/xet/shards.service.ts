import { Injectable } from '@nestjs/common';
import { runInSteps } from '../../platform/async/run-in-steps.js';
import { readShard } from './format/shard.js';
import type { HubRequest } from '../../platform/http/hub-request.js';
import { bufferBody } from '../../platform/http/request-body.js';
import { ROUTES } from '../../platform/http/routes/routes.js';
import { ShardAdmission } from './shard-admission.service.js';
import { FileBuilder } from './file-builder.service.js';
import { splitIntoBatches } from './split-into-batches.js';
import { XetGrants } from './xet-grants.service.js';
import { XorbStore } from './xorb.store.js';

const { bytes: MAX_SHARD_BYTES } = ROUTES['xet.shard'].body;

/** Receives shards, which describe the files that consist of the uploaded xorbs. */
@Injectable()
export class ShardsService {
  constructor(
    private readonly grants: XetGrants,
    private readonly builder: FileBuilder,
    private readonly xorbs: XorbStore,
    private readonly admission: ShardAdmission,
  ) {}

  /**
   * Creates a large file of the repository for each file of the shard. Commits can then use them.
   *
   * @param client - aborted when the client disconnects
   * @throws HubError `Unauthorized`, `RepoNotFound`, `PayloadTooLarge`; `BadRequest` for a malformed shard; as `ShardAdmission.admit` and
   * `FileBuilder.build`
   */
  async register(token: string | undefined, body: HubRequest, client: AbortSignal): Promise<{ result: 1 }> {
    const grant = await this.grants.check(token);
    const shard = await runInSteps(readShard(await bufferBody(body, MAX_SHARD_BYTES)));
    await this.admission.admit(shard.files, grant);
    for (const hashes of splitIntoBatches(shard.xorbs())) await this.xorbs.renew(hashes, grant.accountId);
    await this.builder.build(shard.files, { grant, client, memory: body.shares?.buffersFor(body) });
    return { result: 1 };
  }
}
