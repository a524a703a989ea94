import { Duplex } from 'node:stream';
import type { EmbeddedSession } from './embedded-session.js';
import { MessageFramer } from './message-framer.js';
import type { SessionGate } from './session-gate.js';

/** The socket of the `pg` client: passes complete batches to the embedded database, and its responses back. */
export class PGliteStream extends Duplex {
  private readonly framer = new MessageFramer();

  constructor(
    private readonly session: EmbeddedSession,
    private readonly gate: SessionGate,
  ) {
    super();
  }

  /** Called by `pg` in place of `net.Socket#connect`. The address is ignored. */
  connect(): this {
    process.nextTick(() => this.emit('connect'));
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
    Promise.resolve(this.gate.owns(this) ? this.session.rollback() : undefined)
      .catch(() => undefined) // the database is closing, which ends the transaction
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
    const inTransaction = await this.session.execute(batch, (data) => this.push(data));
    if (!inTransaction) this.gate.leave(this);
  }
}
