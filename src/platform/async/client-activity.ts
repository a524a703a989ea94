import { isAnonymousClient, type ClientKey } from '../../domain/client-key.js';

/** The cost of a client halves in this time. */
const HALF_LIFE_MS = 2_000;
/** An account that has done nothing for this time no longer has precedence. It covers the pauses between the requests of an upload. */
const ACTIVE_MS = 300;
/** A client yields if it has used this many times as much as the account. */
const FACTOR = 4;
/** Clients that have used less never yield. */
const NEGLIGIBLE_MS = 400;
/** More records than this are examined for those that can be deleted. */
const MAX_RECORDS = 1_000;

interface Usage {
  /** Milliseconds of processing, halved every `HALF_LIFE_MS`, at `at`. */
  cost: number;
  at: number;
}

/**
 * The recent use of each client. While an account that has used little is active, clients that have used much more yield to it.
 */
export class ClientActivity {
  private readonly usages = new Map<ClientKey, Usage>();
  /** The account with the lowest cost among the active ones, and when it was active last. */
  private lightest: { readonly client: ClientKey; readonly at: number } | undefined;

  /** @param now - in milliseconds */
  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Notes that a client does something, or waits for it. */
  note(client: ClientKey): void {
    if (isAnonymousClient(client)) return;
    const { lightest } = this;
    const isLighter =
      !lightest ||
      !this.isActive(lightest) ||
      lightest.client === client ||
      this.costOf(client) < this.costOf(lightest.client);
    if (isLighter) this.lightest = { client, at: this.now() };
  }

  /** Adds time that was used for a client. */
  add(client: ClientKey, ms: number): void {
    this.usages.set(client, { cost: this.costOf(client) + ms, at: this.now() });
    if (this.usages.size > MAX_RECORDS) this.deleteOld();
  }

  /** Whether the client leaves most of the processor to an account that has used much less. */
  yields(client: ClientKey): boolean {
    const { lightest } = this;
    if (!lightest || lightest.client === client || !this.isActive(lightest)) return false;
    return this.costOf(client) > Math.max(NEGLIGIBLE_MS, FACTOR * this.costOf(lightest.client));
  }

  private isActive({ at }: { readonly at: number }): boolean {
    return this.now() - at < ACTIVE_MS;
  }

  private costOf(client: ClientKey): number {
    const usage = this.usages.get(client);
    return usage ? usage.cost * 2 ** ((usage.at - this.now()) / HALF_LIFE_MS) : 0;
  }

  private deleteOld(): void {
    for (const client of this.usages.keys()) if (this.costOf(client) < 1) this.usages.delete(client);
  }
}
