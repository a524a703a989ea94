import { setImmediate as yieldToEventLoop } from 'node:timers/promises';

/** Short enough that several long tasks at once do not delay other requests noticeably. */
const TURN_MS = 5;

/** Divides a long task into turns of a few milliseconds, so that the event loop can run other work in between. */
export class EventLoopTurns {
  private endsAt = performance.now() + TURN_MS;

  /** Whether the current turn is over, so that the task should call `next`. For loops whose steps are too short for a promise. */
  get isOver(): boolean {
    return performance.now() >= this.endsAt;
  }

  /** Begins the next turn if the current one is over. Call this between steps of the task. */
  async next(): Promise<void> {
    if (!this.isOver) return;
    await yieldToEventLoop();
    this.endsAt = performance.now() + TURN_MS;
  }
}
