import { createHash } from 'node:crypto';
import { relayedId } from '../../../../src/repos/xet-reads/relayed-ids.js';
import { XetIds } from '../../../../src/repos/xet/xet-ids.js';

const ids = new XetIds(Buffer.alloc(32, 1));
const digests = Array.from({ length: 200 }, (_, n) => createHash('sha256').update(`${n}`).digest('hex'));

describe('XetIds', () => {
  it('returns one id for each content, from which the hub reads its SHA-256', () => {
    const fileIds = digests.map((sha256) => ids.fileId(sha256));
    expect(new Set([...fileIds, ...digests]).size).toBe(400);
    expect(fileIds.map((id) => ids.sha256Of(id))).toEqual(digests);
    expect(digests.map((sha256) => new XetIds(Buffer.alloc(32, 1)).fileId(sha256))).toEqual(fileIds);
    expect(fileIds.every((id) => /^[0-9a-f]{64}$/.test(id))).toBe(true);
  });

  it('returns other ids on another hub, and for xorbs', () => {
    const other = new XetIds(Buffer.alloc(32, 2));
    const [sha256] = digests as [string];
    const all = [
      ids.fileId(sha256),
      other.fileId(sha256),
      ids.xorbId(sha256),
      other.xorbId(sha256),
      ids.xorbId(sha256, 1),
    ];
    expect(new Set(all).size).toBe(5);
  });

  it('reads unknown ids as the SHA-256 of no content', () => {
    expect(ids.sha256Of('0'.repeat(64))).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('relayedId', () => {
  it.each([
    ['file', 'b381aa9b4e177b55e2ecca2398c7826bd0ecd7a8a8e8ae86fd9cc31a76bd2057'],
    ['xorb', '0f245142289921da8da89c3714eb6a6e0d2d14ba4488ed0d39bd62b082c71d11'],
  ] as const)('never changes, since clients store ids without expiry: %s', (kind, id) => {
    expect(relayedId(kind, 'url:0123456789abcdef', 'a'.repeat(64))).toBe(id);
  });

  it('is different for files and xorbs, for each source and for each hash', () => {
    const ids = (['file', 'xorb'] as const).flatMap((kind) =>
      ['url:a', 'url:b'].flatMap((key) => digests.map((hash) => relayedId(kind, key, hash))),
    );
    expect(new Set([...ids, ...digests]).size).toBe(1000);
  });
});
