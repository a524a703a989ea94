import { finished, Readable } from 'node:stream';
import type { Failure, Outcome } from '../../domain/upstream.js';
import { ConnectionSlots, type ReleaseSlot } from './connection-slots.js';
import { describeAbort } from './exchange-errors.js';
import type { Lane } from './outbound-dispatcher.js';
import type { SendContext } from './send-context.js';

/** Concurrent metadata requests to one source, and requests to another host, such as a storage server. */
const METADATA_SLOTS = 40;
const NAMED_HOST_SLOTS = 64;
/** Concurrent downloads from one source, for each source that a request may use. */
const DOWNLOAD_SLOTS = 20;
/** Maximum time that a request waits for a slot. Clients wait ten seconds for a reply. */
const MAX_WAIT_MS = 5_000;
const RETRY_AFTER_SECONDS = 5;

/**
 * Limits the connections of the hub per host, with a share for each client and repository. A request that waits in vain has the outcome
 * `busy`, which is not related to the source (invariant 11).
 */
export class OutboundSlots {
  private readonly slots = new Map<string, ConnectionSlots>();

  /** @param maxConcurrent - sources that a request may use at the same time */
  constructor(private readonly maxConcurrent: number) {}

  /** Sends a request when there is a slot for it. A streamed body uses the slot until it ends. */
  async use(
    lane: Lane | 'named',
    { origin }: URL,
    context: SendContext,
    send: () => Promise<Outcome>,
  ): Promise<Outcome> {
    const key = `${lane} ${origin}`;
    const slots = this.slotsOf(key, lane);
    const release = await slots.acquire({
      shares: sharesOf(context),
      signal: context.signal,
      waitMs: Math.min(MAX_WAIT_MS, (context.deadlineAt ?? Infinity) - performance.now()),
    });
    if (!release) return context.signal.aborted ? describeAbort(context.signal.reason) : NO_FREE_CONNECTION;
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

  private slotsOf(key: string, lane: Lane | 'named'): ConnectionSlots {
    let slots = this.slots.get(key);
    if (!slots) this.slots.set(key, (slots = new ConnectionSlots(this.capacityOf(lane))));
    return slots;
  }

  private capacityOf(lane: Lane | 'named'): number {
    if (lane === 'downloads') return DOWNLOAD_SLOTS * this.maxConcurrent;
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

const sharesOf = ({ client, subject }: SendContext): string[] => [
  ...(client === undefined ? [] : [`client ${client}`]),
  ...(subject === undefined ? [] : [`subject ${subject}`]),
];

function releaseAfter(outcome: Outcome, release: ReleaseSlot): void {
  if (outcome.kind === 'reply' && outcome.stream instanceof Readable) finished(outcome.stream, release);
  else release();
}
