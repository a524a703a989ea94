/** A kind of message, with the same name on every replica. `T` is its payload, sent as JSON. */
export class Topic<T> {
  declare readonly payload: T;

  constructor(readonly name: string) {}
}

/** Handles a message of a topic. */
export type TopicHandler<T> = (payload: T) => void | Promise<void>;

/**
 * Broadcasts messages to all replicas of a hub, so that their caches stay coherent. A replica drops a cached value when a message
 * invalidates it, and drops everything when it may have missed a message.
 */
export interface ClusterBus {
  /** Whether this replica has applied every message that was published anywhere. */
  readonly isConnected: boolean;
  /** Changes whenever the connection is lost or restored. Values cached in an earlier epoch may be outdated. */
  readonly epoch: number;

  /**
   * Limits the TTL of a value that other replicas may change.
   * @param ms - desired TTL in milliseconds
   * @returns `ms` while connected, at most a few seconds otherwise
   */
  capTtl(ms: number): number;

  /** Calls `handler` for messages that other replicas publish. */
  on<T>(topic: Topic<T>, handler: TopicHandler<T>): void;

  /** Calls `catchUp` before the connection counts as restored, because any message may have been missed. */
  onGap(catchUp: () => void | Promise<void>): void;

  /**
   * Publishes a change to the other replicas, after it has been applied on this one. When it returns, every replica that serves from its
   * cache has applied the change. A disconnected replica has not, but caches values for a few seconds only.
   */
  publish<T>(topic: Topic<T>, payload: T): Promise<void>;
}

/** Injection token of the cluster bus. */
export const CLUSTER_BUS = Symbol('ClusterBus');
