import { finished, Readable } from 'node:stream';
import { isAnonymousClient } from '../../domain/client-key.js';
import type { Failure, Outcome } from '../../domain/upstream.js';
import { ConnectionSlots, type ReleaseSlot } from './connection-slots.js';
import { describeAbort } from './exchange-errors.js';
import type { Lane } from './outbound-dispatcher.js';
import type { SendContext } from './send-context.js';

/** Concurrent metadata requests to one source, and requests to another host, such as a storage server. */
const METADATA_SLOTS = 40;
const NAMED_HOST_SLOTS = 64;
/**
 * Concurrent downloads from one host, for each source that a request may use. Each lasts as long as its client takes to read it, so there
 * are many more than for metadata.
 */
const DOWNLOAD_SLOTS = 100;
/** Maximum time that a request waits for a slot. Clients wait ten seconds for a reply. */
const MAX_WAIT_MS = 5_000;
const RETRY_AFTER_SECONDS = 5;

/** Downloads have their own slots, so that clients that read slowly leave the others to short requests. */
export type SlotLane = Lane | 'named' | 'named downloads';

/**
 * Limits the connections of the hub per host, with a share for each client and repository. A request that waits in vain has the outcome
 * `busy`, which is not related to the source (invariant 11).
 */
export class OutboundSlots {
  private readonly slots = new Map<string, ConnectionSlots>();

  /** @param maxConcurrent - sources that a request may use at the same time */
  constructor(private readonly maxConcurrent: number) {}

  /** Sends a request when there is a slot for it. A streamed body uses the slot until it ends. */
  async use(lane: SlotLane, { origin }: URL, context: SendContext, send: () => Promise<Outcome>): Promise<Outcome> {
    const key = `${lane} ${origin}`;
    const slots = this.slotsOf(key, lane);
    const release = await slots.acquire({
      shares: sharesOf(context),
      isAnonymous: context.client !== undefined && isAnonymousClient(context.client),
      signal: context.signal,
      waitMs: Math.min(MAX_WAIT_MS, (context.deadlineAt ?? Infinity) - performance.now()),
    });
    if (!release) return refusal(slots, context);
    const end = (): void => {
      release();
      if (slots.isIdle) this.slots.delete(key);
    };
    try {
      const outcome = await send();
      releaseAfter(outcome, end);
      return outcome;
    } catch (error) {
      end();
      throw error;
    }
  }

  private slotsOf(key: string, lane: SlotLane): ConnectionSlots {
    let slots = this.slots.get(key);
    if (!slots) this.slots.set(key, (slots = new ConnectionSlots(this.capacityOf(lane))));
    return slots;
  }

  private capacityOf(lane: SlotLane): number {
    if (lane === 'downloads' || lane === 'named downloads') return DOWNLOAD_SLOTS * this.maxConcurrent;
    return lane === 'named' ? NAMED_HOST_SLOTS : METADATA_SLOTS;
  }
}

/** The outcome of a request for which the hub has no connection. */
export const NO_FREE_CONNECTION: Failure = {
  kind: 'failure',
  category: 'busy',
  message: 'All connections of this hub to it are in use',
  retryAfter: RETRY_AFTER_SECONDS,
};

/** The outcome of a request of a client that already uses its share of the connections. */
export const NO_FREE_SHARE: Failure = {
  ...NO_FREE_CONNECTION,
  message:
    'Your other requests use your share of the connections of this hub to a source. Wait until they are finished, then try again.',
  isClientShare: true,
};

function refusal(slots: ConnectionSlots, { signal, client }: SendContext): Failure {
  if (signal.aborted) return describeAbort(signal.reason);
  return client !== undefined && slots.isUsedBy(`client ${client}`) ? NO_FREE_SHARE : NO_FREE_CONNECTION;
}

const sharesOf = ({ client, subject }: SendContext): string[] => [
  ...(client === undefined ? [] : [`client ${client}`]),
  ...(subject === undefined ? [] : [`subject ${subject}`]),
];

function releaseAfter(outcome: Outcome, release: ReleaseSlot): void {
  if (outcome.kind === 'reply' && outcome.stream instanceof Readable) finished(outcome.stream, release);
  else release();
}
