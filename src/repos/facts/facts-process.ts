import type { BytesReply, BytesRequest, Facts, FactsJob, ProcessInput, ProcessMessage } from './facts-messages.js';
import { FileFetch } from './file-fetch.js';
import { readGguf, readWeights } from './header-reader.service.js';
import { convertTemplate } from './template-converter.service.js';

/** The entry point of the process that reads the headers of model files, which anyone can craft. `FactsProcesses` starts it for one job. */

const waiting = new Map<number, (reply: BytesReply) => void>();
let last = 0;

const send = (message: ProcessMessage): Promise<void> =>
  new Promise((resolve) => process.send!(message, undefined, undefined, () => resolve()));

async function readBytes(part: Omit<BytesRequest, 'id'>): Promise<Uint8Array> {
  const id = ++last;
  const reply = await new Promise<BytesReply>((resolve) => {
    waiting.set(id, resolve);
    void send({ ...part, id });
  });
  if (!reply.bytes) throw new Error('The file cannot be read');
  return reply.bytes;
}

async function read(job: FactsJob): Promise<Facts> {
  if (job.kind === 'template') return convertTemplate(job.gguf);
  const files = new FileFetch(job.files, readBytes);
  return job.kind === 'gguf' ? readGguf(job.files[0]!.path, files) : readWeights(files);
}

async function run(job: FactsJob): Promise<void> {
  try {
    await send({ facts: await read(job) });
  } catch (error) {
    await send({ problem: error instanceof Error ? error.message : String(error) });
  }
  process.disconnect();
}

process.on('message', (input: ProcessInput) => {
  if ('job' in input) return void run(input.job);
  waiting.get(input.id)?.(input);
  waiting.delete(input.id);
});
process.on('disconnect', () => process.exit());
