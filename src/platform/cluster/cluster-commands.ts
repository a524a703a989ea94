import type { RedisLink } from './redis-link.js';
import { HEARTBEAT, PUBLISH } from './redis-scripts.js';

/** A published message, as JSON in Redis. The field names are the wire format between replicas of different versions. */
export interface BusMessage {
  /** ID of the replica that published it. */
  readonly from: string;
  readonly id: string;
  readonly topic: string;
  readonly news: unknown;
}

/** A message with its number. Numbers have no gaps, so a replica notices when it has missed a message. */
export interface NumberedMessage extends BusMessage {
  readonly number: number;
}

/** How many replicas a message has reached. */
export interface Reach {
  readonly receivers: number;
  readonly live: number;
}

const SILENT_REPLICA_MS = 60_000;

/** The Redis keys, channels and commands of the cluster bus, for one replica. */
export class ClusterCommands {
  readonly messageChannel: string;
  readonly ackChannel: string;
  private readonly keys: string[];

  constructor(
    private readonly link: RedisLink,
    private readonly prefix: string,
    private readonly replicaId: string,
  ) {
    this.messageChannel = `${prefix}news`;
    this.ackChannel = `${prefix}ack:${replicaId}`;
    this.keys = [`${prefix}told`, `${prefix}replicas`];
  }

  /**
   * Publishes a message under the next number.
   * @param aliveMs - a replica counts as live if it has sent a heartbeat within this time
   * @returns `undefined` if Redis did not respond: the message may or may not have been published
   */
  async publish(message: BusMessage, aliveMs: number): Promise<Reach | undefined> {
    const reply = (await this.link.command((redis) =>
      redis.eval(PUBLISH, {
        keys: this.keys,
        arguments: [this.messageChannel, JSON.stringify(message), `${aliveMs}`],
      }),
    )) as [receivers: number, live: number] | undefined;
    return reply && { receivers: reply[0], live: reply[1] };
  }

  /** Marks this replica as live. Returns the number of the latest message, or `undefined` if Redis did not respond. */
  async heartbeat(timeoutMs: number): Promise<number | undefined> {
    return (await this.link.probe(
      (redis) => redis.eval(HEARTBEAT, { keys: this.keys, arguments: [this.replicaId, `${SILENT_REPLICA_MS}`] }),
      timeoutMs,
    )) as number | undefined;
  }

  async acknowledge({ from, id }: BusMessage): Promise<void> {
    await this.link.command((redis) => redis.publish(`${this.prefix}ack:${from}`, id));
  }

  /** Removes this replica from the live replicas, so that publishers do not wait for it. */
  async leave(): Promise<void> {
    await this.link.command((redis) => redis.zRem(`${this.prefix}replicas`, this.replicaId));
  }
}

/** Parses a message of the `PUBLISH` script: its number, a space, and the JSON. */
export function parseMessage(text: string): NumberedMessage {
  const space = text.indexOf(' ');
  const message = JSON.parse(text.slice(space + 1)) as BusMessage;
  return { ...message, number: Number(text.slice(0, space)) };
}
