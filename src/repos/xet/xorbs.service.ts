import type { IncomingMessage } from 'node:http';
import { Injectable } from '@nestjs/common';
import { HubError } from '../../domain/hub-error.js';
import { isXetHash } from './format/xet-hash.js';
import { XorbScan } from './format/xorb.js';
import { requestBody } from '../../platform/http/request-body.js';
import { ROUTES } from '../../platform/http/routes/routes.js';
import { XetGrants } from './xet-grants.service.js';
import { XorbBytes } from './xorb-bytes.service.js';
import { XorbStore } from './xorb.store.js';

const { bytes: MAX_XORB_BYTES } = ROUTES['xet.xorb'].body;

/** Receives xorbs. */
@Injectable()
export class XorbsService {
  constructor(
    private readonly grants: XetGrants,
    private readonly bytes: XorbBytes,
    private readonly xorbs: XorbStore,
  ) {}

  /**
   * Stores a xorb until a shard uses it.
   *
   * @throws HubError `Unauthorized`, `RepoNotFound`, `PayloadTooLarge`, `BadRequest` for a malformed xorb; nothing is stored then
   */
  async receive(token: string | undefined, hash: string, body: IncomingMessage): Promise<{ was_inserted: boolean }> {
    const { accountId } = await this.grants.check(token);
    if (!isXetHash(hash))
      throw new HubError('BadRequest', `Invalid xorb hash "${hash.slice(0, 80)}". It must have 64 hex digits.`);
    const existing = await this.xorbs.bytesOf(hash, accountId);
    if (existing !== undefined && (await this.bytes.has(existing))) {
      await this.xorbs.renew([hash], accountId);
      return { was_inserted: false };
    }
    const scan = new XorbScan();
    const sha256 = await this.bytes.store(scanned(requestBody(body, MAX_XORB_BYTES), scan));
    await this.xorbs.save({ hash, accountId, sha256, headers: scan.end() });
    return { was_inserted: true };
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
