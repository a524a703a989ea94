const PROTOCOL_3 = 196_608;
/** Message types that the server must respond to: simple query, sync, flush. */
const ENDS_A_BATCH = new Set(['Q', 'S', 'H']);
const TERMINATE = 'X';

interface Message {
  readonly type: string;
  readonly end: number;
}

/** Result of adding a chunk. */
export interface Framed {
  /** Complete batches for the server. Empty if none is complete yet. */
  readonly batch: Buffer;
  /** Whether the client has closed the connection. */
  readonly terminated: boolean;
}

/** Splits the byte stream of a PostgreSQL client into complete batches of messages (protocol 3.0, "Message Flow"). */
export class MessageFramer {
  private buffered: Buffer = Buffer.alloc(0);
  private started = false;

  push(chunk: Buffer): Framed {
    this.buffered = this.buffered.length ? Buffer.concat([this.buffered, chunk]) : chunk;
    let at = 0;
    let batchEnd = 0;
    for (let message = this.next(at); message; message = this.next(at)) {
      if (message.type === TERMINATE) return { batch: Buffer.alloc(0), terminated: true };
      at = message.end;
      if (message.type === 'start-up' || ENDS_A_BATCH.has(message.type)) batchEnd = at;
    }
    const batch = this.buffered.subarray(0, batchEnd);
    this.buffered = this.buffered.subarray(batchEnd);
    return { batch, terminated: false };
  }

  /** The message at an offset, if it is complete. Only the startup message has no type byte. */
  private next(at: number): Message | undefined {
    const head = this.started ? 1 : 0;
    if (this.buffered.length < at + head + 4) return undefined;
    const end = at + head + this.buffered.readInt32BE(at + head);
    if (this.buffered.length < end) return undefined;
    if (this.started) return { type: String.fromCharCode(this.buffered[at]!), end };
    this.started = this.buffered.readInt32BE(4) === PROTOCOL_3;
    return { type: 'start-up', end };
  }
}
