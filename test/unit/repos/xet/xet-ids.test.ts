import { createHash } from 'node:crypto';
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
