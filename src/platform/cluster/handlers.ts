import type { Apply, Topic } from './fleet.js';

/** What is done about which news. */
export class Handlers {
  private readonly byTopic = new Map<string, Apply<never>[]>();

  add<T>({ name }: Topic<T>, apply: Apply<T>): void {
    this.byTopic.set(name, [...(this.byTopic.get(name) ?? []), apply]);
  }

  /** Begins at once; a topic that nobody here cares about is no fault. */
  async apply(topic: string, news: unknown): Promise<void> {
    await Promise.all((this.byTopic.get(topic) ?? []).map((apply) => apply(news as never)));
  }
}
