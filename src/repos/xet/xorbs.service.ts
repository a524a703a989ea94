import type { IncomingMessage } from 'node:http';
import { Injectable } from '@nestjs/common';
import { HubError } from '../../domain/hub-error.js';
import { isXetHash } from './format/xet-hash.js';
import { XorbScan } from './format/xorb.js';
import { requestBody } from '../../platform/http/request-body.js';
import { XetGrants } from './xet-grants.service.js';
import { XorbBytes } from './xorb-bytes.service.js';
import { XorbStore } from './xorb.store.js';

const MIB = 1024 * 1024;
/** The protocol's limit (hub-docs docs/xet/xorb.md), and room for what newer clients may put behind the chunks. */
const LONGEST_XORB = 66 * MIB;

/** Takes xorbs in. */
@Injectable()
export class XorbsService {
  constructor(
    private readonly grants: XetGrants,
    private readonly bytes: XorbBytes,
    private readonly xorbs: XorbStore,
  ) {}

  /**
   * Stores a xorb until a shard says what it is for.
   * @throws HubError `Unauthorized`, `RepoNotFound`, `PayloadTooLarge`, `BadRequest` for what is no xorb; then nothing is kept
   */
  async receive(token: string | undefined, hash: string, body: IncomingMessage): Promise<{ was_inserted: boolean }> {
    const { accountId } = await this.grants.check(token);
    if (!isXetHash(hash))
      throw new HubError('BadRequest', `A xorb's hash has 64 hex digits, not "${hash.slice(0, 80)}"`);
    const held = await this.xorbs.bytesOf(hash, accountId);
    if (held !== undefined && (await this.bytes.has(held))) {
      await this.xorbs.renew([hash], accountId);
      return { was_inserted: false };
    }
    const scan = new XorbScan();
    const sha256 = await this.bytes.keep(scanned(requestBody(body, LONGEST_XORB), scan));
    await this.xorbs.save({ hash, accountId, sha256, headers: scan.end() });
    return { was_inserted: true };
  }
}

/** A xorb that turns out malformed fails as a stream, so that the store keeps none of it. */
async function* scanned(body: AsyncIterable<Uint8Array>, scan: XorbScan): AsyncGenerator<Uint8Array> {
  for await (const piece of body) {
    scan.take(piece);
    yield piece;
  }
  scan.end();
}
