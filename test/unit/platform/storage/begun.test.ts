import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { begun } from '../../../../src/platform/storage/begun.js';

describe('content that begins', () => {
  it.each([['some text'], [''], ['x'.repeat(300_000)]])('loses nothing of what it holds', async (content) => {
    const stream = Readable.from(content === '' ? [] : [Buffer.from(content)]);
    expect(await text(await begun(stream))).toBe(content);
    expect(await text(await begun(await begun(Readable.from([content]))))).toBe(content);
  });

  it('says what keeps it from beginning', async () => {
    const stream = new Readable({ read: () => stream.destroy(new Error('the store is away')) });
    await expect(begun(stream)).rejects.toThrow('the store is away');
  });
});
