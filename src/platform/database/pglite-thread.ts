import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import type { ThreadReply, ThreadRequest, ThreadSettings } from './pglite-messages.js';

/**
 * The entry point of the thread that runs PGlite, so that queries do not block the event loop of the hub. `PGliteThread` starts it. An
 * unexpected error ends the thread, which the hub notices.
 */

/** PGlite returns results in pieces of 8 kB. Larger messages cost less. */
const PIECE_BYTES = 64 * 1024;

const port = parentPort!;
const send = (reply: ThreadReply): void =>
  port.postMessage(reply, reply.data ? [reply.data.buffer as ArrayBuffer] : []);

async function start({ dataDir, postgresqlconf, isNew }: ThreadSettings): Promise<PGlite> {
  const settings = { dataDir, postgresqlconf: [...postgresqlconf] };
  if (!isNew) return PGlite.create(settings);
  const { dataDir: initialized } = await import('@electric-sql/pglite-prepopulatedfs');
  return PGlite.create({ ...settings, loadDataDir: await initialized() });
}

/** Executes a batch. The last piece of the response is sent together with its end. */
async function execute(db: PGlite, batch: Uint8Array): Promise<void> {
  let pieces: Uint8Array[] = [];
  let size = 0;
  const joined = (): Uint8Array => {
    const data = new Uint8Array(size);
    let at = 0;
    for (const piece of pieces) {
      data.set(piece, at);
      at += piece.length;
    }
    pieces = [];
    size = 0;
    return data;
  };
  const onRawData = (piece: Uint8Array): void => {
    pieces.push(piece.slice());
    size += piece.length;
    if (size >= PIECE_BYTES) send({ data: joined() });
  };
  await db.execProtocolRawStream(batch, { syncToFs: false, onRawData });
  send({ data: joined(), done: true, inTransaction: db.isInTransaction() });
}

async function run(db: PGlite, request: ThreadRequest): Promise<void> {
  if ('batch' in request) return execute(db, request.batch);
  if (request.command === 'rollback' && db.isInTransaction()) await db.exec('ROLLBACK');
  if (request.command === 'close') await db.close();
  send({ done: true });
}

try {
  const db = await start(workerData as ThreadSettings);
  let last = Promise.resolve();
  port.on('message', (request: ThreadRequest) => (last = last.then(() => run(db, request))));
  send({ done: true });
} catch (error) {
  send({ failed: error instanceof Error ? error.message : String(error) });
}
