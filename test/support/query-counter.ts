import type { DataSource, EntitySubscriberInterface } from 'typeorm';

/** Counts the queries of a database. */
export class QueryCounter {
  private count = 0;
  private readonly subscriber: EntitySubscriberInterface = { afterQuery: () => void (this.count += 1) };

  constructor(private readonly database: DataSource) {
    database.subscribers.push(this.subscriber);
  }

  /** Returns the number of queries since the beginning. */
  stop(): number {
    this.database.subscribers.splice(this.database.subscribers.indexOf(this.subscriber), 1);
    return this.count;
  }
}
