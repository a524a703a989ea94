import { randomUUID } from 'node:crypto';
import { Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { withTimeout } from '../async/with-timeout.js';
import { Acknowledgements } from './acknowledgements.js';
import { Topic, type ClusterBus, type TopicHandler } from './cluster-bus.js';
import { ClusterCommands, parseMessage, type BusMessage } from './cluster-commands.js';
import { Lease } from './lease.js';
import type { RedisLink } from './redis-link.js';
import { TopicHandlers } from './topic-handlers.js';

/** How long a replica may serve from its cache after a heartbeat, and how long publishers wait for one that does not acknowledge. */
export const LEASE_MS = 2_000;
const HEARTBEAT_INTERVAL_MS = 500;
/** Maximum TTL of cached values while this replica is disconnected. */
const DISCONNECTED_TTL_MS = 5_000;
/** Minimum timeout of a heartbeat. Requests may wait for Redis for a shorter time. */
const HEARTBEAT_TIMEOUT_MS = 400;
/** After this many heartbeats in a row without a reply, or without an expected message, the connection counts as dead. */
const MAX_FAILED_HEARTBEATS = 10;
/** How long startup waits for Redis before the hub continues without it. */
const START_MS = 1_000;

/** Published after a disconnection, because the other replicas may have missed a message of this one. */
const GAP = new Topic<null>('gap');

/** The number of the latest message at the time of a heartbeat. */
interface Checkpoint {
  readonly sentAt: number;
  readonly number: number;
}

/**
 * A cluster bus on Redis. Messages are numbered. A replica that has applied all of them holds a lease, and a publisher waits until each
 * replica has acknowledged its message or lost its lease. docs/adr/0008-leases-for-replica-caches.md explains why no outdated value survives.
 */
export class RedisClusterBus implements ClusterBus, OnApplicationBootstrap, OnApplicationShutdown {
  private readonly log = new Logger('Cluster');
  private readonly id = randomUUID();
  private readonly commands: ClusterCommands;
  private readonly handlers = new TopicHandlers();
  private readonly catchUps: (() => void | Promise<void>)[] = [];
  private readonly acks = new Acknowledgements();
  private readonly lease: Lease;
  /** Numbers of the latest messages that have been received and applied. */
  private received = 0;
  private applied = 0;
  /** The message number that must be applied before the lease is renewed. */
  private checkpoint: Checkpoint | undefined;
  /** Whether this replica may have missed a message. */
  private hasGap = true;
  /** Whether a message could not be published, so that the other replicas may have missed it. */
  private hasUnpublished = false;
  private failedHeartbeats = 0;
  private queuedHeartbeats = 0;
  private work: Promise<void> = Promise.resolve();
  private heartbeats: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;

  /**
   * @param prefix - prefix of this hub's Redis keys and channels
   * @param clock - monotonic clock in milliseconds
   */
  constructor(
    private readonly link: RedisLink,
    prefix: string,
    private readonly clock: () => number,
  ) {
    this.commands = new ClusterCommands(link, prefix, this.id);
    this.lease = new Lease(LEASE_MS, clock);
    this.on(GAP, () => void this.reconnect());
  }

  get isConnected(): boolean {
    return this.lease.isHeld;
  }

  get epoch(): number {
    return this.lease.epoch;
  }

  capTtl(ms: number): number {
    return this.isConnected ? ms : Math.min(ms, DISCONNECTED_TTL_MS);
  }

  on<T>(topic: Topic<T>, handler: TopicHandler<T>): void {
    this.handlers.add(topic, handler);
  }

  onGap(catchUp: () => void | Promise<void>): void {
    this.catchUps.push(catchUp);
  }

  async publish<T>(topic: Topic<T>, payload: T): Promise<void> {
    const message: BusMessage = { from: this.id, id: randomUUID(), topic: topic.name, news: payload };
    this.acks.expect(message.id);
    const reach = await this.commands.publish(message, LEASE_MS);
    if (reach === undefined) this.hasUnpublished = true;
    const { receivers, live } = reach ?? { receivers: 0, live: 0 };
    // a live replica that does not listen cannot acknowledge: its lease must expire
    await this.acks.wait(message.id, receivers < live ? Infinity : receivers, LEASE_MS);
  }

  /** Connects before the first request is served, if Redis responds. */
  async onApplicationBootstrap(): Promise<void> {
    const channels = {
      [this.commands.messageChannel]: (text: string) => this.receive(text),
      [this.commands.ackChannel]: (id: string) => this.acks.add(id),
    };
    const connected = new Promise<void>((resolve) =>
      this.link.open(channels, () => void this.reconnect().then(() => this.isConnected && resolve())),
    );
    this.timer = setInterval(() => this.queuedHeartbeats === 0 && void this.queueHeartbeat(), HEARTBEAT_INTERVAL_MS);
    await withTimeout(START_MS, connected).catch(() => undefined);
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.commands.leave();
    this.link.close();
  }

  private receive(text: string): void {
    const message = parseMessage(text);
    const { from, id, number } = message;
    if (number > this.received + 1) this.hasGap = true;
    this.received = Math.max(this.received, number);
    void this.enqueue(async () => {
      if (from !== this.id) await this.handlers.handle(message.topic, message.news);
      this.applied = Math.max(this.applied, number);
      this.renewLease();
      if (from === this.id) this.acks.add(id);
      else await this.commands.acknowledge(message);
    });
  }

  /** Runs tasks one after the other. After a failed task, a message counts as missed. */
  private enqueue(task: () => Promise<void>): Promise<void> {
    return (this.work = this.work.then(task).catch((err: unknown) => {
      if (!this.hasGap)
        this.log.warn({ message: 'Messages of other replicas could not be applied. This is retried.', err });
      this.hasGap = true;
    }));
  }

  /** Catches up, because any message may have been missed. */
  private reconnect(): Promise<void> {
    this.hasGap = true;
    return this.queueHeartbeat();
  }

  private queueHeartbeat(): Promise<void> {
    this.queuedHeartbeats += 1;
    return (this.heartbeats = this.heartbeats.then(() => this.beat()).finally(() => (this.queuedHeartbeats -= 1)));
  }

  private async beat(): Promise<void> {
    const sentAt = this.clock();
    const { received, checkpoint } = this;
    const number = await this.commands.heartbeat(Math.max(HEARTBEAT_TIMEOUT_MS, this.link.timeoutMs));
    const isOverdue = checkpoint !== undefined && this.received < checkpoint.number;
    this.failedHeartbeats = number === undefined || isOverdue ? this.failedHeartbeats + 1 : 0;
    if (this.failedHeartbeats >= MAX_FAILED_HEARTBEATS) {
      this.failedHeartbeats = 0;
      this.link.reopen();
    } else if (number !== undefined) {
      const hasRestarted = number < received; // Redis has lost its counter
      if (hasRestarted) this.received = this.applied = number;
      if (this.hasGap || hasRestarted || isOverdue || !this.isConnected) await this.catchUp({ sentAt, number });
      else this.addCheckpoint({ sentAt, number });
    }
  }

  /** The lease is valid from a moment at which every published message has been applied. */
  private addCheckpoint(checkpoint: Checkpoint): void {
    this.checkpoint ??= checkpoint;
    this.renewLease();
  }

  private renewLease(): void {
    if (this.checkpoint === undefined || this.applied < this.checkpoint.number) return;
    this.lease.renew(this.checkpoint.sentAt);
    this.checkpoint = undefined;
  }

  private async catchUp({ sentAt, number }: Checkpoint): Promise<void> {
    this.lease.release();
    this.checkpoint = undefined;
    this.received = Math.max(this.received, number);
    const { hasUnpublished } = this;
    await this.enqueue(async () => {
      this.hasGap = false;
      await Promise.all(this.catchUps.map((catchUp) => catchUp()));
      this.applied = Math.max(this.applied, number);
    });
    if (this.hasGap) return;
    this.lease.acquire(sentAt);
    this.hasUnpublished &&= !hasUnpublished;
    if (hasUnpublished) void this.publish(GAP, null);
  }
}
