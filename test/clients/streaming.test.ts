import { readFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { FakeUpstream } from '../support/fake-upstream.js';
import { HubProcess } from '../support/hub-process.js';

const MB = 1024 * 1024;
const SIZE = 300 * MB;
const CHUNK = Buffer.alloc(MB, 'x');
const description = { 'x-repo-commit': 'a'.repeat(40), etag: `"${'b'.repeat(40)}"`, 'content-length': SIZE };

function* chunks(): Generator<Buffer> {
  for (let sent = 0; sent < SIZE; sent += CHUNK.length) yield CHUNK;
}

/** Linux tells a process's resident memory; elsewhere there is nothing to measure with. */
const residentMb = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;

// A file of 300 MB that a source sends itself, streamed through the hub process.
describe('a large file that passes through', () => {
  let far: FakeUpstream;
  let hub: HubProcess;
  beforeAll(async () => {
    far = await FakeUpstream.start(async (response, { method }) => {
      response.writeHead(200, description);
      if (method === 'HEAD') return void response.end();
      await pipeline(Readable.from(chunks()), response).catch(() => undefined);
    });
    hub = await HubProcess.start({
      sources: [{ name: 'far', url: far.url, source_type: 'huggingface', delivery: 'proxy' }],
    });
  });
  afterAll(async () => {
    await hub?.close();
    await far?.close();
  });

  it('arrives whole, and the hub needs less than 50 MB more memory for it', async () => {
    const file = `${hub.url}/o/r/resolve/main/big.bin`;
    await fetch(file, { method: 'HEAD' });
    const before = residentMb(hub.pid);
    const answer = await fetch(file);
    const hash = createHash('sha256');
    let size = 0;
    let most = before;
    for await (const chunk of answer.body as AsyncIterable<Uint8Array>) {
      hash.update(chunk);
      size += chunk.length;
      most = Math.max(most, residentMb(hub.pid));
    }
    const whole = createHash('sha256');
    for (const chunk of chunks()) whole.update(chunk);
    expect({ size, sha256: hash.digest('hex') }).toEqual({ size: SIZE, sha256: whole.digest('hex') });
    expect(most - before).toBeLessThan(50);
  });

  it('waits at its source while the client reads nothing', async () => {
    const answer = await fetch(`${hub.url}/o/r/resolve/main/big.bin`);
    const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
    await reader.read();
    const before = residentMb(hub.pid);
    // The source is asked something else meanwhile: what it wrote into the download stays unread.
    for (let n = 0; n < 20; n++) await (await fetch(`${hub.url}/api/version`)).arrayBuffer();
    expect(residentMb(hub.pid) - before).toBeLessThan(50);
    await reader.cancel();
    expect(await far.requests.at(-1)!.ended).toBe('hung-up');
  });
});
