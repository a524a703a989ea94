import { createHmac, timingSafeEqual } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { Injectable } from '@nestjs/common';
import { HubError } from '../domain/hub-error.js';
import type { ListWalk } from '../domain/list-walk.js';
import type { SecretKey } from '../platform/identity/secret-key.js';
import { SecretKeys } from '../platform/identity/secret-keys.js';

const SIGNATURE_BYTES = 16;

/**
 * Encodes the position in a list as an opaque cursor. Cursors are compressed, since they may contain hundreds of marks, and signed, since
 * they contain parameters of upstream requests. The signature is made with the hub's secret key, so cursors are valid on every replica and after a
 * restart. They do not expire.
 */
@Injectable()
export class ListCursors {
  private readonly signingKeys: ReadonlyMap<SecretKey, Buffer>;

  constructor(private readonly keys: SecretKeys) {
    this.signingKeys = new Map(keys.all.map((key) => [key, key.derive('hubfall list cursors v1')]));
  }

  write(walk: ListWalk): string {
    const shown = Object.fromEntries(Object.entries(walk.shown).map(([source, marks]) => [source, marks.join('')]));
    const content = deflateRawSync(JSON.stringify({ ...walk, shown }));
    const signature = sign(content, this.signingKeys.get(this.keys.inUse)!);
    return Buffer.concat([signature, content]).toString('base64url');
  }

  /**
   * @param mark - the `listMark` of the request
   * @throws HubError `BadRequest` if the cursor was not created by this hub or belongs to a different list
   */
  read(cursor: string, mark: string): ListWalk {
    const bytes = Buffer.from(cursor, 'base64url');
    const signature = bytes.subarray(0, SIGNATURE_BYTES);
    const content = bytes.subarray(SIGNATURE_BYTES);
    if (!this.isSigned(content, signature)) throw invalidCursor('not created by this hub, or modified');
    const { shown, ...walk } = JSON.parse(inflateRawSync(content).toString()) as EncodedWalk;
    if (walk.listMark !== mark) throw invalidCursor('belongs to a different list. Start again without a cursor.');
    const marks = Object.entries(shown).map(([source, text]) => [source, text.match(MARKS) ?? []] as const);
    return { ...walk, shown: Object.fromEntries(marks) };
  }

  private isSigned(content: Buffer, signature: Buffer): boolean {
    if (signature.length < SIGNATURE_BYTES) return false;
    return [...this.signingKeys.values()].some((key) => timingSafeEqual(signature, sign(content, key)));
  }
}

const sign = (content: Buffer, key: Buffer): Buffer =>
  createHmac('sha256', key).update(content).digest().subarray(0, SIGNATURE_BYTES);

/** Each mark has the length of `entryMark`. */
const MARKS = /.{7}/g;

/** The content of a cursor. Marks have a fixed length, so they are stored without separators. */
type EncodedWalk = Omit<ListWalk, 'shown'> & { readonly shown: Readonly<Record<string, string>> };

const invalidCursor = (message: string): HubError =>
  new HubError('BadRequest', `Invalid parameter "cursor": ${message}`, { fields: [{ field: 'cursor', message }] });
