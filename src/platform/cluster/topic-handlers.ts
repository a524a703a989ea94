import type { Topic, TopicHandler } from './cluster-bus.js';

/** The handlers of each topic on this replica. */
export class TopicHandlers {
  private readonly byTopic = new Map<string, TopicHandler<never>[]>();

  add<T>({ name }: Topic<T>, handler: TopicHandler<T>): void {
    this.byTopic.set(name, [...(this.byTopic.get(name) ?? []), handler]);
  }

  /** Runs the handlers of a topic; does nothing if the topic has none. */
  async handle(topic: string, payload: unknown): Promise<void> {
    await Promise.all((this.byTopic.get(topic) ?? []).map((handler) => handler(payload as never)));
  }
}
