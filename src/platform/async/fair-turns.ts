import { isAnonymousClient, type ClientKey } from '../../domain/client-key.js';
import { ClientActivity } from './client-activity.js';
import { TurnQueue } from './turn-queue.js';

/** How many tasks take a turn at the same time. */
export interface TurnLimits {
  /** Tasks that run at the same time. */
  readonly slots: number;
  /** Slots that anonymous clients cannot use, so that signed-in users are served while others wait. */
  readonly reserved?: number;
  /** A turn ends after this time if others wait. The task continues, and waits before its next step. */
  readonly maxMs?: number;
  /** Slots that clients which have used much share while an account that has used little is active. All slots by default. */
  readonly yielding?: number;
  /** Whether slots become free only in the next iteration of the event loop, so that many short turns do not make an iteration long. */
  readonly perIteration?: boolean;
}

/** The right of a task to use the processor or the database. A new turn is paused. */
export interface Turn {
  /** Continues. Returns a promise if the task has to wait; ignore it if it is undefined. */
  resume(): Promise<void> | undefined;
  /** Lets others continue while the task waits for something else. Wakes the task if it waits for its turn. */
  pause(): void;
}

class ClientTurn implements Turn {
  startedAt = 0;
  wake: (() => void) | undefined;

  constructor(
    private readonly turns: FairTurns,
    readonly client: ClientKey,
  ) {}

  resume(): Promise<void> | undefined {
    return this.turns.start(this);
  }

  pause(): void {
    this.turns.stop(this);
  }
}

/**
 * Divides processing time between clients: a few tasks run at a time, and when one pauses, the next client in the round continues. So a
 * client with many tasks delays the others as little as one with a few. Tasks of one client continue in the order in which they waited.
 */
export class FairTurns {
  /** Oldest first. */
  private readonly running = new Set<ClientTurn>();
  /** Turns whose slots are not free yet. */
  private ended: ClientTurn[] = [];
  private readonly queue = new TurnQueue<ClientTurn>();
  private anonymousCount = 0;
  private timer: NodeJS.Timeout | undefined;

  /** @param activity - shared by the turns of a process */
  constructor(
    private readonly limits: TurnLimits,
    private readonly activity = new ClientActivity(),
  ) {}

  /** Number of tasks that wait for their turn. */
  get waiting(): number {
    return this.queue.size;
  }

  turnOf(client: ClientKey): Turn {
    return new ClientTurn(this, client);
  }

  /** Runs a task in a new turn. */
  async run<T>(client: ClientKey, task: () => Promise<T>): Promise<T> {
    const turn = this.turnOf(client);
    await turn.resume();
    try {
      return await task();
    } finally {
      turn.pause();
    }
  }

  /** Takes a turn that ends when it begins, for work that takes less than an iteration of the event loop. */
  step(client: ClientKey): Promise<void> | undefined {
    const turn = new ClientTurn(this, client);
    const waiting = turn.resume();
    if (waiting) return waiting.then(() => turn.pause());
    turn.pause();
    return undefined;
  }

  /** For turns. */
  start(turn: ClientTurn): Promise<void> | undefined {
    if (turn.wake || this.running.has(turn)) return undefined;
    this.activity.note(turn.client);
    if (this.hasSlot(turn.client)) {
      this.begin(turn);
      return undefined;
    }
    this.queue.add(turn);
    this.watch();
    return new Promise((resolve) => (turn.wake = resolve));
  }

  /** For turns. */
  stop(turn: ClientTurn): void {
    if (turn.wake) {
      this.queue.delete(turn);
      this.wakeUp(turn);
    } else this.end(turn);
  }

  private begin(turn: ClientTurn): void {
    turn.startedAt = performance.now();
    this.running.add(turn);
    if (isAnonymousClient(turn.client)) this.anonymousCount += 1;
  }

  private end(turn: ClientTurn): void {
    if (!this.running.delete(turn)) return;
    this.activity.add(turn.client, performance.now() - turn.startedAt);
    const isFirst = this.ended.push(turn) === 1;
    if (!this.limits.perIteration) this.free();
    else if (isFirst) setImmediate(() => this.free());
  }

  private free(): void {
    for (const { client } of this.ended) if (isAnonymousClient(client)) this.anonymousCount -= 1;
    this.ended = [];
    this.advance();
  }

  private hasSlot(client: ClientKey): boolean {
    const { slots, reserved = 0 } = this.limits;
    if (this.running.size + this.ended.length >= slots) return false;
    if (this.activity.yields(client) && this.yieldingCount() >= (this.limits.yielding ?? slots)) return false;
    return !isAnonymousClient(client) || this.anonymousCount < slots - reserved;
  }

  /** Few turns run at the same time, so they are counted when it matters. */
  private yieldingCount(): number {
    let count = 0;
    for (const { client } of this.running) if (this.activity.yields(client)) count += 1;
    for (const { client } of this.ended) if (this.activity.yields(client)) count += 1;
    return count;
  }

  private advance(): void {
    while (this.queue.size > 0) {
      const next = this.queue.take((client) => this.hasSlot(client));
      if (!next) return;
      this.begin(next);
      this.wakeUp(next);
    }
  }

  private wakeUp(turn: ClientTurn): void {
    turn.wake?.();
    turn.wake = undefined;
  }

  /** Ends turns that take too long while others wait. */
  private watch(): void {
    const { maxMs } = this.limits;
    const [oldest] = this.running;
    if (maxMs === undefined || this.timer || !oldest || this.queue.size === 0) return;
    this.timer = setTimeout(
      () => {
        this.timer = undefined;
        const startedBefore = performance.now() - maxMs;
        for (const turn of this.running) {
          if (turn.startedAt > startedBefore) break;
          this.end(turn);
        }
        this.watch();
      },
      Math.max(1, oldest.startedAt + maxMs - performance.now()),
    );
    this.timer.unref();
  }
}
