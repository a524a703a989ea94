/** Counts who has confirmed which news. */
export class Acknowledgements {
  private readonly waiting = new Map<string, { count: number; wake: () => void }>();

  /** Call it before the news go out: a confirmation may be back before it is known how many there are to be. */
  expect(id: string): void {
    this.waiting.set(id, { count: 0, wake: () => undefined });
  }

  note(id: string): void {
    const entry = this.waiting.get(id);
    if (!entry) return;
    entry.count += 1;
    entry.wake();
  }

  /** Resolves as soon as so many have confirmed, at the latest after `ms`. */
  async all(id: string, wanted: number, ms: number): Promise<void> {
    const entry = this.waiting.get(id);
    if (entry && entry.count < wanted)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        entry.wake = () => {
          if (entry.count < wanted) return;
          clearTimeout(timer);
          resolve();
        };
      });
    this.forget(id);
  }

  forget(id: string): void {
    this.waiting.delete(id);
  }
}
