import { readFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { FakeUpstream } from '../support/fake-upstream.js';
import { HubProcess } from '../support/hub-process.js';

const MB = 1024 * 1024;
const SIZE = 300 * MB;
const CHUNK = Buffer.alloc(MB, 'x');
const headers = { 'x-repo-commit': 'a'.repeat(40), etag: `"${'b'.repeat(40)}"`, 'content-length': SIZE };

function* chunks(): Generator<Buffer> {
  for (let sent = 0; sent < SIZE; sent += CHUNK.length) yield CHUNK;
}

/** Resident memory of a process (Linux only). */
const residentMb = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;

// The hub proxies a file of 300 MB.
describe('a proxied large file', () => {
  let upstream: FakeUpstream;
  let hub: HubProcess;
  beforeAll(async () => {
    upstream = await FakeUpstream.start(async (response, { method }) => {
      response.writeHead(200, headers);
      if (method === 'HEAD') return void response.end();
      await pipeline(Readable.from(chunks()), response).catch(() => undefined);
    });
    hub = await HubProcess.start({
      sources: [{ name: 'far', url: upstream.url, source_type: 'huggingface', delivery: 'proxy' }],
    });
  });
  afterAll(async () => {
    await hub?.close();
    await upstream?.close();
  });

  it('is complete, and needs less than 80 MB of additional memory', async () => {
    const file = `${hub.url}/o/r/resolve/main/big.bin`;
    await fetch(file, { method: 'HEAD' });
    const before = residentMb(hub.pid);
    const answer = await fetch(file);
    const hash = createHash('sha256');
    let size = 0;
    let max = before;
    for await (const chunk of answer.body as AsyncIterable<Uint8Array>) {
      hash.update(chunk);
      size += chunk.length;
      max = Math.max(max, residentMb(hub.pid));
    }
    const whole = createHash('sha256');
    for (const chunk of chunks()) whole.update(chunk);
    expect({ size, sha256: hash.digest('hex') }).toEqual({ size: SIZE, sha256: whole.digest('hex') });
    expect(max - before).toBeLessThan(80); // includes chunks that are not collected yet; the file has 300 MB
  });

  it('is not read from the source while the client does not read', async () => {
    const answer = await fetch(`${hub.url}/o/r/resolve/main/big.bin`);
    const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
    await reader.read();
    const before = residentMb(hub.pid);
    // Other requests to the hub give it time to buffer the download if it did.
    for (let n = 0; n < 20; n++) await (await fetch(`${hub.url}/api/version`)).arrayBuffer();
    expect(residentMb(hub.pid) - before).toBeLessThan(50);
    await reader.cancel();
    expect(await upstream.requests.at(-1)!.ended).toBe('disconnected');
  });
});
