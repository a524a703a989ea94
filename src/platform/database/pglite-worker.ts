import { Worker } from 'node:worker_threads';
import { EventLoopTurns } from '../async/event-loop-turns.js';
import type { EmbeddedSession } from './embedded-session.js';
import type { ThreadReply, ThreadRequest, ThreadSettings } from './pglite-messages.js';

/** A request that the thread has not finished yet. */
interface PendingRequest {
  readonly onData: (data: Buffer) => void;
  readonly resolve: (inTransaction: boolean) => void;
  readonly reject: (error: Error) => void;
}

/** PGlite in its own thread, so that queries do not block the event loop (ADR 26). */
export class PGliteWorker implements EmbeddedSession {
  private readonly worker: Worker;
  private readonly pending: PendingRequest[] = [];
  private readonly replies: ThreadReply[] = [];
  private isDelivering = false;
  private state: 'starting' | 'running' | 'closing' = 'starting';
  private end: Error | undefined;

  private constructor(
    settings: ThreadSettings,
    private readonly onCrash: (error: Error) => void,
  ) {
    this.worker = new Worker(new URL('./pglite-thread.js', import.meta.url), { workerData: settings });
    this.worker.on('message', (reply: ThreadReply) => {
      this.replies.push(reply);
      if (!this.isDelivering) void this.deliver();
    });
    this.worker.on('error', (error: Error) => this.fail(error));
    this.worker.on('exit', () => this.fail(new Error('its thread has ended')));
  }

  /**
   * @param onCrash - called if the thread ends without `close`
   * @throws Error if the database does not start
   */
  static async start(settings: ThreadSettings, onCrash: (error: Error) => void): Promise<PGliteWorker> {
    const session = new PGliteWorker(settings, onCrash);
    await session.reply(() => undefined);
    session.state = 'running';
    return session;
  }

  execute(batch: Uint8Array, onData: (data: Buffer) => void): Promise<boolean> {
    const copy = Uint8Array.from(batch); // a transferred buffer is no longer usable here
    return this.request({ batch: copy }, onData, [copy.buffer]);
  }

  async rollback(): Promise<void> {
    await this.request({ command: 'rollback' });
  }

  async close(): Promise<void> {
    this.state = 'closing';
    await this.request({ command: 'close' });
    await this.terminate();
  }

  /** Ends the thread without closing the database. */
  async terminate(): Promise<void> {
    await this.worker.terminate();
  }

  private request(
    request: ThreadRequest,
    onData: (data: Buffer) => void = () => undefined,
    transfer: ArrayBuffer[] = [],
  ): Promise<boolean> {
    if (this.end) return Promise.reject(this.end);
    this.worker.postMessage(request, transfer);
    return this.reply(onData);
  }

  /** Waits for the reply to a request. The thread keeps the process running only meanwhile. */
  private reply(onData: (data: Buffer) => void): Promise<boolean> {
    this.worker.ref();
    return new Promise((resolve, reject) => this.pending.push({ onData, resolve, reject }));
  }

  /** Large results are parsed in turns. */
  private async deliver(): Promise<void> {
    this.isDelivering = true;
    const turns = new EventLoopTurns();
    for (let reply = this.replies.shift(); reply; reply = this.replies.shift()) {
      this.handle(reply);
      if (turns.isOver) await turns.next();
    }
    this.isDelivering = false;
  }

  private handle({ data, done, failed, inTransaction = false }: ThreadReply): void {
    if (failed !== undefined) return this.fail(new Error(failed));
    if (data) this.pending[0]?.onData(Buffer.from(data.buffer, data.byteOffset, data.byteLength));
    if (!done) return;
    this.pending.shift()?.resolve(inTransaction);
    if (this.pending.length === 0) this.worker.unref();
  }

  private fail(error: Error): void {
    if (this.end) return;
    this.end = error;
    for (const { reject } of this.pending.splice(0)) reject(error);
    if (this.state === 'running') this.onCrash(error);
  }
}
