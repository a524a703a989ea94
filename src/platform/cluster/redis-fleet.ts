import { randomUUID } from 'node:crypto';
import { Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Acknowledgements } from './acknowledgements.js';
import { BEAT, TELL } from './fleet-scripts.js';
import { Topic, type Apply, type Fleet } from './fleet.js';
import { Handlers } from './handlers.js';
import type { RedisLink } from './redis-link.js';
import { Touch } from './touch.js';
import { within } from '../async/within.js';

/** For so long after a sign of life a replica answers from its memory; and so long the others wait for one that does not confirm. */
export const LEASE_MS = 2_000;
const BEAT_EVERY_MS = 500;
/** What is found out while nothing can be heard is believed for so long. */
const ALONE_MS = 5_000;
/** A beat may take longer than a request waits. */
const BEAT_MS = 400;
/** So many beats in a row without an answer, or without news that were told: the other end of the connection is gone. */
const PATIENCE = 10;
/** The start waits so long for Redis, and then goes on without. */
const START_MS = 1_000;
const FORGET_REPLICA_MS = 60_000;

/** Told after a time alone: whoever hears it may have missed something. */
const GAP = new Topic<null>('gap');

/** News on their way. */
interface Message {
  readonly from: string;
  readonly id: string;
  readonly topic: string;
  readonly news: unknown;
}

/** How many news there were when a beat was sent. */
interface Sighting {
  readonly sentAt: number;
  readonly number: number;
}

/**
 * Replicas that tell each other through Redis. News are numbered; a replica that has applied all there are holds a lease, and who tells
 * waits until each has confirmed or its lease has run out. docs/adr/0008-replicas.md says why nothing stale survives.
 */
export class RedisFleet implements Fleet, OnApplicationBootstrap, OnApplicationShutdown {
  private readonly log = new Logger('Fleet');
  private readonly id = randomUUID();
  private readonly handlers = new Handlers();
  private readonly catchUps: (() => void | Promise<void>)[] = [];
  private readonly acks = new Acknowledgements();
  private readonly touch: Touch;
  /** The number of the last news that have arrived, and of the last that are applied. */
  private arrived = 0;
  private applied = 0;
  /** What has to be applied before the lease is renewed. */
  private sighting: Sighting | undefined;
  /** News may have been missed. */
  private gap = true;
  /** News could not be told: the others may have missed something. */
  private owing = false;
  private failures = 0;
  private waitingBeats = 0;
  private work: Promise<void> = Promise.resolve();
  private beats: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;

  /**
   * @param prefix of this hub's keys and channels
   * @param clock milliseconds that only go forward
   */
  constructor(
    private readonly link: RedisLink,
    private readonly prefix: string,
    private readonly clock: () => number,
  ) {
    this.touch = new Touch(LEASE_MS, clock);
    this.on(GAP, () => void this.doubt());
  }

  get inTouch(): boolean {
    return this.touch.isHeld;
  }

  get period(): number {
    return this.touch.period;
  }

  credible(ms: number): number {
    return this.inTouch ? ms : Math.min(ms, ALONE_MS);
  }

  on<T>(topic: Topic<T>, apply: Apply<T>): void {
    this.handlers.add(topic, apply);
  }

  onGap(catchUp: () => void | Promise<void>): void {
    this.catchUps.push(catchUp);
  }

  async tell<T>(topic: Topic<T>, news: T): Promise<void> {
    const message: Message = { from: this.id, id: randomUUID(), topic: topic.name, news };
    this.acks.expect(message.id);
    const told = (await this.link.command((redis) =>
      redis.eval(TELL, {
        keys: this.keys,
        arguments: [`${this.prefix}news`, JSON.stringify(message), `${LEASE_MS}`],
      }),
    )) as [hearing: number, live: number] | undefined;
    if (told === undefined) this.owing = true;
    const [hearing, live] = told ?? [0, 0];
    await this.acks.all(message.id, hearing < live ? Infinity : hearing, LEASE_MS);
  }

  /** Finds touch before the first request, where Redis answers. */
  async onApplicationBootstrap(): Promise<void> {
    const channels = {
      [`${this.prefix}news`]: (message: string) => this.hear(message),
      [`${this.prefix}ack:${this.id}`]: (id: string) => this.acks.note(id),
    };
    const found = new Promise<void>((resolve) =>
      this.link.open(channels, () => void this.doubt().then(() => this.inTouch && resolve())),
    );
    this.timer = setInterval(() => this.waitingBeats === 0 && void this.beatSoon(), BEAT_EVERY_MS);
    await within(START_MS, found).catch(() => undefined);
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.link.command((redis) => redis.zRem(`${this.prefix}replicas`, this.id));
    this.link.close();
  }

  private hear(text: string): void {
    const space = text.indexOf(' ');
    const number = Number(text.slice(0, space));
    const { from, id, topic, news } = JSON.parse(text.slice(space + 1)) as Message;
    if (number > this.arrived + 1) this.gap = true;
    this.arrived = Math.max(this.arrived, number);
    void this.inTurn(async () => {
      if (from !== this.id) await this.handlers.apply(topic, news);
      this.applied = Math.max(this.applied, number);
      this.renew();
      if (from === this.id) this.acks.note(id);
      else await this.link.command((redis) => redis.publish(`${this.prefix}ack:${from}`, id));
    });
  }

  /** One piece of work after the other; one that fails leaves a gap. */
  private inTurn(work: () => Promise<void>): Promise<void> {
    return (this.work = this.work.then(work).catch((err: unknown) => {
      if (!this.gap)
        this.log.warn({ message: 'What other replicas told could not be applied; it is tried again', err });
      this.gap = true;
    }));
  }

  /** Anything may have been told: catches up. */
  private doubt(): Promise<void> {
    this.gap = true;
    return this.beatSoon();
  }

  private beatSoon(): Promise<void> {
    this.waitingBeats += 1;
    return (this.beats = this.beats.then(() => this.beat()).finally(() => (this.waitingBeats -= 1)));
  }

  private async beat(): Promise<void> {
    const sentAt = this.clock();
    const { arrived, sighting } = this;
    const number = (await this.link.probe(
      (redis) => redis.eval(BEAT, { keys: this.keys, arguments: [this.id, `${FORGET_REPLICA_MS}`] }),
      Math.max(BEAT_MS, this.link.patienceMs),
    )) as number | undefined;
    const overdue = sighting !== undefined && this.arrived < sighting.number;
    this.failures = number === undefined || overdue ? this.failures + 1 : 0;
    if (this.failures >= PATIENCE) {
      this.failures = 0;
      this.link.reopen();
    } else if (number !== undefined) {
      const hasForgotten = number < arrived;
      if (hasForgotten) this.arrived = this.applied = number;
      if (this.gap || hasForgotten || overdue || !this.inTouch) await this.catchUp({ sentAt, number });
      else this.see({ sentAt, number });
    }
  }

  /** The lease is good from the moment at which nothing had been told but what is applied. */
  private see(sighting: Sighting): void {
    this.sighting ??= sighting;
    this.renew();
  }

  private renew(): void {
    if (this.sighting === undefined || this.applied < this.sighting.number) return;
    this.touch.renew(this.sighting.sentAt);
    this.sighting = undefined;
  }

  private async catchUp({ sentAt, number }: Sighting): Promise<void> {
    this.touch.lose();
    this.sighting = undefined;
    this.arrived = Math.max(this.arrived, number);
    const { owing } = this;
    await this.inTurn(async () => {
      this.gap = false;
      await Promise.all(this.catchUps.map((catchUp) => catchUp()));
      this.applied = Math.max(this.applied, number);
    });
    if (this.gap) return;
    this.touch.find(sentAt);
    this.owing &&= !owing;
    if (owing) void this.tell(GAP, null);
  }

  private get keys(): string[] {
    return [`${this.prefix}told`, `${this.prefix}replicas`];
  }
}
