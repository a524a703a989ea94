import { parentPort, workerData } from 'node:worker_threads';
import { SLOT_BYTES, type DigestReply, type DigestRequest, type DigestThreadData } from './digest-messages.js';
import { LocalHash } from './file-hash.js';

/** The entry point of the thread that computes the digests of files, so that it does not delay requests. `DigestThread` starts it. */

const port = parentPort!;
const { memory } = workerData as DigestThreadData;
const files = new Map<number, LocalHash>();
const send = (reply: DigestReply): void => port.postMessage(reply);

port.on('message', (request: DigestRequest) => {
  const { file } = request;
  if (request.kind === 'begin') return void files.set(file, new LocalHash(request.gitSize));
  if (request.kind === 'drop') return void files.delete(file);
  if (request.kind === 'mark') return files.get(file)?.mark();
  if (request.kind === 'rewind') return files.get(file)?.rewind();
  if (request.kind === 'end') {
    send({ file, digests: files.get(file)!.end() });
    return void files.delete(file);
  }
  files.get(file)?.add(new Uint8Array(memory, request.slot * SLOT_BYTES, request.length));
  send({ slot: request.slot });
});
