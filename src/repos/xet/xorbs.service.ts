import { Injectable } from '@nestjs/common';
import { HubError } from '../../domain/hub-error.js';
import { isXetHash } from './format/xet-hash.js';
import { XorbScan } from './format/xorb.js';
import type { HubRequest } from '../../platform/http/hub-request.js';
import { contentLength, uncompressedBody } from '../../platform/http/request-body.js';
import { ROUTES } from '../../platform/http/routes/routes.js';
import { QuotaService } from '../quota/quota.service.js';
import { UploadLimits } from '../quota/upload-limits.service.js';
import { XetGrants, type XetGrant } from './xet-grants.service.js';
import { SALT_BYTES, XorbBytes } from './xorb-bytes.service.js';
import { XorbStore } from './xorb.store.js';

const { bytes: MAX_XORB_BYTES } = ROUTES['xet.xorb'].body;

/** Receives xorbs. */
@Injectable()
export class XorbsService {
  constructor(
    private readonly grants: XetGrants,
    private readonly bytes: XorbBytes,
    private readonly xorbs: XorbStore,
    private readonly quotas: QuotaService,
    private readonly limits: UploadLimits,
  ) {}

  /**
   * Stores a xorb until a shard uses it.
   *
   * @throws HubError `Unauthorized`, `RepoNotFound`, `PayloadTooLarge`, `QuotaExceeded`, `StorageFull`, `BadRequest` for a malformed xorb;
   * nothing is stored then
   */
  async receive(token: string | undefined, hash: string, body: HubRequest): Promise<{ was_inserted: boolean }> {
    const grant = await this.grants.check(token);
    if (!isXetHash(hash))
      throw new HubError('BadRequest', `Invalid xorb hash "${hash.slice(0, 80)}". It must have 64 hex digits.`);
    const { accountId } = grant;
    const existing = await this.xorbs.bytesOf(hash, accountId);
    if (existing !== undefined && (await this.bytes.has(existing))) {
      await this.xorbs.renew([hash], accountId);
      return { was_inserted: false };
    }
    await this.store(grant, hash, body);
    return { was_inserted: true };
  }

  /** Until a shard uses them, the bytes count as storage of the repository's owner. */
  private async store({ repositoryId, accountId }: XetGrant, hash: string, body: HubRequest): Promise<void> {
    const bytes = Math.min(contentLength(body) ?? MAX_XORB_BYTES, MAX_XORB_BYTES);
    const key = `xorb:${hash}`;
    await this.limits.requireSpace(bytes);
    await this.quotas.admit(repositoryId, [{ key, bytes: bytes + SALT_BYTES }]);
    try {
      const scan = new XorbScan();
      const content = scanned(uncompressedBody(body, MAX_XORB_BYTES), scan);
      const stored = await this.bytes.store(content, body.shares?.buffersFor(body));
      await this.xorbs.save({ repositoryId, hash, accountId, ...stored, headers: scan.end() });
    } catch (error) {
      await this.quotas.giveBack(repositoryId, [key], 0);
      throw error;
    }
  }
}

/** Scans a stream. It throws if the xorb is malformed, so that no part of it is stored. */
async function* scanned(body: AsyncIterable<Uint8Array>, scan: XorbScan): AsyncGenerator<Uint8Array> {
  for await (const piece of body) {
    scan.take(piece);
    yield piece;
  }
  scan.end();
}
