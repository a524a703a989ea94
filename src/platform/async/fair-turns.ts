import { isAnonymousClient, type ClientKey } from '../../domain/client-key.js';

/** For each turn of an anonymous client, while both wait. */
const ACCOUNT_TURNS = 2;

/** How many tasks take a turn at the same time. */
export interface TurnLimits {
  /** Tasks that run at the same time. */
  readonly slots: number;
  /** Slots that anonymous clients cannot use, so that signed-in users are served while others wait. */
  readonly reserved?: number;
  /** A turn ends after this time if others wait. The task continues, and waits before its next step. */
  readonly maxMs?: number;
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
  /** In the order of the round. */
  private readonly lanes = new Map<ClientKey, Set<ClientTurn>>();
  private waitingCount = 0;
  private anonymousCount = 0;
  /** Turns of accounts since the last one of an anonymous client. */
  private accountTurns = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly limits: TurnLimits) {}

  /** Number of tasks that wait for their turn. */
  get waiting(): number {
    return this.waitingCount;
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
    if (this.hasSlot(turn.client)) {
      this.begin(turn);
      return undefined;
    }
    const lane = this.lanes.get(turn.client) ?? new Set();
    this.lanes.set(turn.client, lane.add(turn));
    this.waitingCount += 1;
    this.watch();
    return new Promise((resolve) => (turn.wake = resolve));
  }

  /** For turns. */
  stop(turn: ClientTurn): void {
    if (turn.wake) {
      this.remove(turn);
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
    return !isAnonymousClient(client) || this.anonymousCount < slots - reserved;
  }

  private advance(): void {
    while (this.waitingCount > 0) {
      const next = this.nextInRound();
      if (!next) return;
      this.remove(next);
      this.begin(next);
      this.wakeUp(next);
    }
  }

  /** Accounts have most of the turns, however many addresses anonymous clients use. */
  private nextInRound(): ClientTurn | undefined {
    const prefersAccounts = this.accountTurns < ACCOUNT_TURNS;
    const next = this.firstInRound(!prefersAccounts) ?? this.firstInRound(prefersAccounts);
    if (!next) return undefined;
    this.accountTurns = isAnonymousClient(next.client) ? 0 : this.accountTurns + 1;
    const lane = this.lanes.get(next.client)!;
    if (this.lanes.delete(next.client)) this.lanes.set(next.client, lane); // to the end of the round
    return next;
  }

  private firstInRound(anonymous: boolean): ClientTurn | undefined {
    for (const [client, lane] of this.lanes)
      if (isAnonymousClient(client) === anonymous && this.hasSlot(client)) return lane.values().next().value;
    return undefined;
  }

  private remove(turn: ClientTurn): void {
    const lane = this.lanes.get(turn.client);
    if (!lane?.delete(turn)) return;
    this.waitingCount -= 1;
    if (lane.size === 0) this.lanes.delete(turn.client);
  }

  private wakeUp(turn: ClientTurn): void {
    turn.wake?.();
    turn.wake = undefined;
  }

  /** Ends turns that take too long while others wait. */
  private watch(): void {
    const { maxMs } = this.limits;
    const [oldest] = this.running;
    if (maxMs === undefined || this.timer || !oldest || this.waitingCount === 0) return;
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
