import { Duplex } from 'node:stream';
import type { PGlite } from '@electric-sql/pglite';
import { MessageFramer } from './message-framer.js';
import type { SessionGate } from './session-gate.js';

const READY_FOR_QUERY = 0x5a;
const IDLE = 0x49;
/** Length of a ReadyForQuery message: type, four bytes of length, transaction state. */
const READY_LENGTH = 6;

/** The socket of the `pg` client: passes complete batches to the wire protocol of PGlite, and its responses back. */
export class PGliteStream extends Duplex {
  private readonly framer = new MessageFramer();

  constructor(
    private readonly db: PGlite,
    private readonly gate: SessionGate,
  ) {
    super();
  }

  /** Called by `pg` in place of `net.Socket#connect`. The address is ignored. */
  connect(): this {
    this.db.waitReady.then(
      () => this.emit('connect'),
      (error: Error) => this.destroy(error),
    );
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  override _read(): void {} // responses are pushed when they arrive

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.feed(chunk).then(() => done(), done);
  }

  override _writev(chunks: { chunk: Buffer }[], done: (error?: Error | null) => void): void {
    this.feed(Buffer.concat(chunks.map(({ chunk }) => chunk))).then(() => done(), done);
  }

  /** Rolls back the transaction of a dropped client, so that it does not stay open for the next one. */
  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    const isOpen = this.gate.owns(this) && this.db.isInTransaction();
    Promise.resolve(isOpen ? this.db.exec('ROLLBACK') : undefined)
      .catch(() => undefined) // PGlite is closing, which ends the transaction
      .then(() => {
        this.gate.leave(this);
        done(error);
      }, done);
  }

  private async feed(chunk: Buffer): Promise<void> {
    const { batch, terminated } = this.framer.push(chunk);
    if (terminated) this.push(null);
    if (batch.length === 0) return;
    await this.gate.enter(this);
    let state = IDLE;
    await this.db.execProtocolRawStream(new Uint8Array(batch), {
      onRawData: (data: Uint8Array) => {
        if (data[data.length - READY_LENGTH] === READY_FOR_QUERY) state = data[data.length - 1]!;
        this.push(Buffer.from(data));
      },
    });
    if (state === IDLE) this.gate.leave(this);
  }
}
