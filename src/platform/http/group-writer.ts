import type { ServerResponse } from 'node:http';
import { Writable } from 'node:stream';

type Done = (error?: Error | null) => void;

/** Turns of the client, and the count of the bytes that it receives. */
export interface Sending {
  /** The turn of the client; `undefined` if it may send at once. No client delays others by reading many files. */
  readonly turn: () => Promise<void> | undefined;
  /** Called with the number of bytes of each piece. */
  readonly count: (bytes: number) => void;
}

/**
 * Writes groups of pieces to a response. The socket sends a group in one call, and the next one waits until it was sent. A pipe would wait after each large
 * piece, and send a small one by itself.
 */
export class GroupWriter extends Writable {
  constructor(
    private readonly response: ServerResponse,
    private readonly sending: Sending,
  ) {
    super({ objectMode: true, highWaterMark: 1 });
    if (response.closed) this.destroy();
    else response.once('close', () => this.destroy());
  }

  override _write(pieces: readonly Buffer[], _encoding: BufferEncoding, done: Done): void {
    const waiting = this.sending.turn();
    if (waiting) void waiting.then(() => this.send(pieces, done));
    else this.send(pieces, done);
  }

  private send(pieces: readonly Buffer[], done: Done): void {
    this.sending.count(pieces.reduce((sum, { length }) => sum + length, 0));
    this.response.cork();
    for (const piece of pieces) this.response.write(piece);
    this.response.uncork();
    if (this.response.writableNeedDrain) this.response.once('drain', done);
    else done();
  }

  override _final(done: Done): void {
    this.response.end(done);
  }
}
