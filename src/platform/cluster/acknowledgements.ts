/** Counts the replicas that have acknowledged a published message. */
export class Acknowledgements {
  private readonly pending = new Map<string, { count: number; onCount: () => void }>();

  /** Must be called before the message is published: the first acknowledgement may arrive before the number of recipients is known. */
  expect(id: string): void {
    this.pending.set(id, { count: 0, onCount: () => undefined });
  }

  add(id: string): void {
    const entry = this.pending.get(id);
    if (!entry) return;
    entry.count += 1;
    entry.onCount();
  }

  /** Resolves when `required` replicas have acknowledged the message, or after `ms` milliseconds. */
  async wait(id: string, required: number, ms: number): Promise<void> {
    const entry = this.pending.get(id);
    if (entry && entry.count < required)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        entry.onCount = () => {
          if (entry.count < required) return;
          clearTimeout(timer);
          resolve();
        };
      });
    this.pending.delete(id);
  }
}
