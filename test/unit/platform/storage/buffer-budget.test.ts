import { BufferReservation, type BufferBudget } from '../../../../src/platform/storage/buffer-budget.js';

const MIB = 1024 * 1024;

/** Memory of a fixed size. Nothing waits. */
class SmallBudget implements BufferBudget {
  used = 0;

  constructor(private readonly size: number) {}

  take(bytes: number): boolean {
    if (this.used + bytes > this.size) return false;
    this.used += bytes;
    return true;
  }

  waitFor(bytes: number): Promise<void> {
    return this.take(bytes) ? Promise.resolve() : Promise.reject(new Error('no memory'));
  }

  release(bytes: number): void {
    this.used -= bytes;
  }
}

const nothing = (): undefined => undefined;

it('a content has its first bytes before it begins, and takes more when they arrive', async () => {
  const memory = new SmallBudget(100 * MIB);
  const content = await BufferReservation.reserve(memory, 8 * MIB);
  for (let n = 0; n < 8; n += 1) await content.add(MIB, nothing);
  expect(memory.used).toBe(8 * MIB);
  await content.add(10, nothing);
  expect(memory.used).toBe(9 * MIB);
  content.sent(8 * MIB);
  expect(memory.used).toBe(8 * MIB);
  content.close();
  expect(memory.used).toBe(0);
});

it('a content waits for its own parts if there is no memory', async () => {
  const memory = new SmallBudget(8 * MIB);
  const content = await BufferReservation.reserve(memory, 8 * MIB);
  await content.add(8 * MIB, nothing);
  let waited = 0;
  const sending = (): Promise<void> => {
    waited += 1;
    content.sent(8 * MIB);
    return Promise.resolve();
  };
  await content.add(MIB, sending);
  expect([waited, memory.used]).toEqual([1, 8 * MIB]);
});

it('a content fails if there is no memory and no part is being sent', async () => {
  const content = await BufferReservation.reserve(new SmallBudget(8 * MIB), 8 * MIB);
  await content.add(8 * MIB, nothing);
  await expect(content.add(1, nothing)).rejects.toThrow('no memory');
});

it('the error of a part ends the wait', async () => {
  const content = await BufferReservation.reserve(new SmallBudget(MIB), MIB);
  await content.add(MIB, nothing);
  const failed = Promise.reject(new Error('the bucket is down'));
  await expect(content.add(1, () => failed)).rejects.toThrow('the bucket is down');
});
