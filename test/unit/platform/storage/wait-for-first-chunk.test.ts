import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { waitForFirstChunk } from '../../../../src/platform/storage/wait-for-first-chunk.js';

describe('content that begins', () => {
  it.each([['some text'], [''], ['x'.repeat(300_000)]])('loses nothing of what it holds', async (content) => {
    const stream = Readable.from(content === '' ? [] : [Buffer.from(content)]);
    expect(await text(await waitForFirstChunk(stream))).toBe(content);
    expect(await text(await waitForFirstChunk(await waitForFirstChunk(Readable.from([content]))))).toBe(content);
  });

  it('says what keeps it from beginning', async () => {
    const stream = new Readable({ read: () => stream.destroy(new Error('the store is away')) });
    await expect(waitForFirstChunk(stream)).rejects.toThrow('the store is away');
  });
});
