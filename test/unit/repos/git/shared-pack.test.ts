import { describe, expect, it } from '@jest/globals';
import { Spool } from '../../../../src/platform/storage/spool.js';
import { SharedPack } from '../../../../src/repos/git/shared-pack.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';

const BLOCKS = Array.from({ length: 6 }, (_, n) => Buffer.alloc(70_000, `${n}`));
const WHOLE = Buffer.concat(BLOCKS);

async function readAll(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of stream) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** A pack that counts how often its bytes are created. */
async function packOf({ space = Infinity, error }: { space?: number; error?: Error } = {}) {
  const spool = await Spool.in(await temporaryFolder());
  const created: string[] = [];
  let idle = 0;
  async function* create(): AsyncGenerator<Uint8Array> {
    created.push('started');
    yield* BLOCKS.slice(0, 3);
    if (error) throw error;
    yield* BLOCKS.slice(3);
    created.push('finished');
  }
  let left = space;
  const reserve = (bytes: number): Promise<boolean> => Promise.resolve((left -= bytes) >= 0);
  const pack = new SharedPack(create, { spool, reserve, onIdle: () => (idle += 1) });
  return { pack, created, idleCount: () => idle };
}

describe('a shared pack', () => {
  it('is created once for several readers, also for one that begins later', async () => {
    const { pack, created, idleCount } = await packOf();
    const bodies = await Promise.all([readAll(pack.read()), readAll(pack.read()), readAll(pack.read())]);
    bodies.push(await readAll(pack.read()));
    for (const body of bodies) expect(body.equals(WHOLE)).toBe(true);
    expect(created).toEqual(['started', 'finished']);
    expect([pack.reservedBytes, idleCount(), pack.isAbandoned]).toEqual([WHOLE.length, 2, false]);
    await pack.close();
  });

  it.each([0, 100_000, 300_000])(
    'is continued by each reader if the spool has space for %s bytes only',
    async (space) => {
      const { pack, created } = await packOf({ space });
      const bodies = await Promise.all([readAll(pack.read()), readAll(pack.read())]);
      for (const body of bodies) expect(body.equals(WHOLE)).toBe(true);
      expect(created.filter((event) => event === 'finished')).toHaveLength(2);
      expect(pack.reservedBytes).toBeLessThanOrEqual(space);
      await pack.close();
    },
  );

  it('continues for other readers if the first one leaves', async () => {
    const { pack, created } = await packOf();
    const first = pack.read();
    const second = pack.read();
    await first.next();
    await first.return(undefined);
    expect(pack.isAbandoned).toBe(false);
    expect((await readAll(second)).equals(WHOLE)).toBe(true);
    expect(created).toEqual(['started', 'finished']);
    await pack.close();
  });

  it('is abandoned if all readers leave before it is complete', async () => {
    const { pack, created } = await packOf();
    const reader = pack.read();
    await reader.next();
    await reader.return(undefined);
    expect(pack.isAbandoned || created.includes('finished')).toBe(true);
    await pack.close();
  });

  it('is created for a reader that begins after it was closed', async () => {
    const { pack } = await packOf();
    const late = pack.read();
    await pack.close();
    expect((await readAll(late)).equals(WHOLE)).toBe(true);
  });

  it('fails for all readers if its creation fails', async () => {
    const { pack } = await packOf({ error: new Error('the store failed') });
    const outcomes = await Promise.allSettled([readAll(pack.read()), readAll(pack.read())]);
    for (const outcome of outcomes) expect(outcome).toMatchObject({ reason: { message: 'the store failed' } });
    await pack.close();
  });
});
