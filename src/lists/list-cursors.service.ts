import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { Inject, Injectable } from '@nestjs/common';
import { HubError } from '../domain/hub-error.js';
import type { ListWalk } from '../domain/list-walk.js';
import { HUB_CONFIG, type HubConfig } from '../platform/config/hub-config.js';

const SEAL_BYTES = 16;
const MARK_LENGTH = 7;

/**
 * Writes how far a walk has come into a cursor, and reads it back: compressed, since it may hold hundreds of marks, and sealed, since it
 * says which parameters sources are asked with. The key is derived from the hub's secret: cursors outlive restarts and hold on every
 * replica. They do not expire.
 */
@Injectable()
export class ListCursors {
  private readonly key: Buffer;

  constructor(@Inject(HUB_CONFIG) { secretKey }: HubConfig) {
    this.key = Buffer.from(hkdfSync('sha256', secretKey, '', 'hubfall list cursors v1', 32));
  }

  write(walk: ListWalk): string {
    const shown = Object.fromEntries(Object.entries(walk.shown).map(([mark, ids]) => [mark, ids.join('')]));
    const content = deflateRawSync(JSON.stringify({ ...walk, shown }));
    return Buffer.concat([this.seal(content), content]).toString('base64url');
  }

  /** @throws HubError `BadRequest` for what is no cursor of this hub's, or belongs to another question */
  read(cursor: string, question: string): ListWalk {
    const bytes = Buffer.from(cursor, 'base64url');
    const [seal, content] = [bytes.subarray(0, SEAL_BYTES), bytes.subarray(SEAL_BYTES)];
    if (seal.length < SEAL_BYTES || !timingSafeEqual(seal, this.seal(content)))
      throw wrong('was not made by this hub, or has been changed');
    const { shown, ...walk } = JSON.parse(inflateRawSync(content).toString()) as Written;
    if (walk.question !== question) throw wrong('belongs to another question: start again without it');
    const marks = Object.entries(shown).map(([mark, ids]) => [mark, ids.match(MARKS) ?? []] as const);
    return { ...walk, shown: Object.fromEntries(marks) };
  }

  private seal(content: Buffer): Buffer {
    return createHmac('sha256', this.key).update(content).digest().subarray(0, SEAL_BYTES);
  }
}

const MARKS = new RegExp(`.{${MARK_LENGTH}}`, 'g');

/** As it stands in a cursor: marks are all of one length. */
type Written = Omit<ListWalk, 'shown'> & { readonly shown: Readonly<Record<string, string>> };

const wrong = (message: string): HubError =>
  new HubError('BadRequest', `The parameter "cursor" ${message}`, { fields: [{ field: 'cursor', message }] });
