import { parentPort, workerData } from 'node:worker_threads';
import type { BytesReply, BytesRequest, FactsJob, ThreadMessage } from './facts-messages.js';
import { FileFetch } from './file-fetch.js';
import { readGguf, readWeights } from './header-reader.service.js';
import type { GgufFacts, WeightsFacts } from './model-facts.js';

/** The entry point of the thread that reads the headers of model files, which anyone can craft, so that they do not block the event loop. */

const port = parentPort!;
const { kind, files } = workerData as FactsJob;
const waiting = new Map<number, (reply: BytesReply) => void>();
const send = (message: ThreadMessage): void => port.postMessage(message);
let last = 0;

port.on('message', (reply: BytesReply) => {
  waiting.get(reply.id)?.(reply);
  waiting.delete(reply.id);
});

async function readBytes(part: Omit<BytesRequest, 'id'>): Promise<Uint8Array> {
  const id = ++last;
  const reply = await new Promise<BytesReply>((resolve) => {
    waiting.set(id, resolve);
    send({ ...part, id });
  });
  if (!reply.bytes) throw new Error('The file cannot be read');
  return reply.bytes;
}

const fetch = new FileFetch(files, readBytes);
const read = (): Promise<GgufFacts | WeightsFacts> =>
  kind === 'gguf' ? readGguf(files[0]!.path, fetch) : readWeights(fetch);

try {
  send({ facts: await read() });
} catch (error) {
  send({ problem: error instanceof Error ? error.message : String(error) });
}
port.close();
