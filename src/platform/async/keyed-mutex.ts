/** Runs tasks with the same key one after the other, in the order of the calls. Tasks with different keys run concurrently. */
export class KeyedMutex {
  private readonly lastByKey = new Map<string, Promise<unknown>>();

  async runExclusive<T>(key: string, task: () => Promise<T>): Promise<T> {
    const previous = this.lastByKey.get(key) ?? Promise.resolve();
    const current = previous.then(task, task);
    this.lastByKey.set(key, current);
    try {
      return await current;
    } finally {
      if (this.lastByKey.get(key) === current) this.lastByKey.delete(key);
    }
  }
}
