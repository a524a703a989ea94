import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { waitForFirstChunk } from '../../../../src/platform/storage/wait-for-first-chunk.js';

describe('waitForFirstChunk', () => {
  it.each([['some text'], [''], ['x'.repeat(300_000)]])('returns the complete content', async (content) => {
    const stream = Readable.from(content === '' ? [] : [Buffer.from(content)]);
    expect(await text(await waitForFirstChunk(stream))).toBe(content);
    expect(await text(await waitForFirstChunk(await waitForFirstChunk(Readable.from([content]))))).toBe(content);
  });

  it('rejects with the error of a stream that fails to start', async () => {
    const stream = new Readable({ read: () => stream.destroy(new Error('the store is unavailable')) });
    await expect(waitForFirstChunk(stream)).rejects.toThrow('the store is unavailable');
  });
});
