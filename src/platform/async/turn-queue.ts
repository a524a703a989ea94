import { isAnonymousClient, type ClientKey } from '../../domain/client-key.js';

/** For each turn of an anonymous client, while both wait. */
const ACCOUNT_TURNS = 2;

/** Something that a client waits for. */
interface Waiting {
  readonly client: ClientKey;
}

/** The tasks that wait for their turn, in a queue per client. The queues are served in rounds. */
export class TurnQueue<Task extends Waiting> {
  /** In the order of the round. */
  private readonly lanes = new Map<ClientKey, Set<Task>>();
  private count = 0;
  /** Turns of accounts since the last one of an anonymous client. */
  private accountTurns = 0;

  /** Number of tasks. */
  get size(): number {
    return this.count;
  }

  add(task: Task): void {
    const lane = this.lanes.get(task.client) ?? new Set();
    this.lanes.set(task.client, lane.add(task));
    this.count += 1;
  }

  delete(task: Task): void {
    const lane = this.lanes.get(task.client);
    if (!lane?.delete(task)) return;
    this.count -= 1;
    if (lane.size === 0) this.lanes.delete(task.client);
  }

  /**
   * Removes and returns the next task. Accounts have most of the turns, however many addresses anonymous clients use.
   *
   * @param mayBegin - whether a task of a client may begin now
   */
  take(mayBegin: (client: ClientKey) => boolean): Task | undefined {
    const prefersAccounts = this.accountTurns < ACCOUNT_TURNS;
    const next = this.firstInRound(!prefersAccounts, mayBegin) ?? this.firstInRound(prefersAccounts, mayBegin);
    if (!next) return undefined;
    this.accountTurns = isAnonymousClient(next.client) ? 0 : this.accountTurns + 1;
    const lane = this.lanes.get(next.client)!;
    if (this.lanes.delete(next.client)) this.lanes.set(next.client, lane); // to the end of the round
    this.delete(next);
    return next;
  }

  private firstInRound(anonymous: boolean, mayBegin: (client: ClientKey) => boolean): Task | undefined {
    for (const [client, lane] of this.lanes)
      if (isAnonymousClient(client) === anonymous && mayBegin(client)) return lane.values().next().value;
    return undefined;
  }
}
