import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { TokenCipher } from '../fallback/sources/token-cipher.js';
import { exchange } from '../fallback/upstream/exchange.js';
import { OutboundDispatcher } from '../fallback/upstream/outbound-dispatcher.js';
import { CLOCK, type Clock } from '../platform/config/clock.js';
import { WebhookStore, type AttemptResult, type ClaimedDelivery } from './webhook.store.js';
import { SECRET_PURPOSE } from './webhooks.service.js';

const POLL_MS = 1_000;
const TIMEOUT_MS = 10_000;
/** Deliveries that a process sends at the same time, in total and for an account. */
const MAX_SENDING = 20;
const MAX_OF_ACCOUNT = 4;
const MINUTE_MS = 60_000;
/** Waiting times after failed attempts. A delivery has failed after the last one. */
const BACK_OFF_MS = [MINUTE_MS / 6, MINUTE_MS, 5 * MINUTE_MS, 30 * MINUTE_MS, 120 * MINUTE_MS, 720 * MINUTE_MS];
const CLEANUP_MS = 60 * MINUTE_MS;

/** Sends deliveries of the outbox, at least once. Replicas share the work. The credentials of users are never sent. */
@Injectable()
export class WebhookSender implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Webhooks');
  private readonly stopping = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private readonly runs = new Set<Promise<void>>();
  private readonly sending = new Set<ClaimedDelivery>();
  private claims: Promise<unknown> = Promise.resolve();
  private cleanedAt = 0;

  constructor(
    private readonly store: WebhookStore,
    private readonly outbound: OutboundDispatcher,
    private readonly cipher: TokenCipher,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.run(), POLL_MS).unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    this.stopping.abort();
    await Promise.all(this.runs);
  }

  /** Sends what is due, and returns when this process sends nothing. */
  async run(): Promise<void> {
    const run = this.sendDue()
      .catch((err: unknown) => this.logger.warn({ err }, 'Failed to send webhooks. They are tried again'))
      .finally(() => this.runs.delete(run));
    this.runs.add(run);
    await Promise.all(this.runs);
  }

  private async sendDue(): Promise<void> {
    const claimed = await this.claim(MAX_SENDING);
    await Promise.all(
      claimed.map(async (first) => {
        for (let next: ClaimedDelivery | undefined = first; next; [next] = await this.claim(1))
          await this.deliver(next);
      }),
    );
    const now = this.clock().getTime();
    if (now - this.cleanedAt < CLEANUP_MS) return;
    this.cleanedAt = now;
    await this.store.removeOld();
  }

  /** Claims one after the other, as each depends on what is being sent. */
  private claim(most: number): Promise<ClaimedDelivery[]> {
    const claim = async (): Promise<ClaimedDelivery[]> => {
      const count = Math.min(most, MAX_SENDING - this.sending.size);
      if (count <= 0 || this.stopping.signal.aborted) return [];
      const deliveries = await this.store.claim({ count, perAccount: MAX_OF_ACCOUNT, sending: [...this.sending] });
      for (const delivery of deliveries) this.sending.add(delivery);
      return deliveries;
    };
    const claimed = this.claims.then(claim);
    this.claims = claimed.catch(() => undefined);
    return claimed;
  }

  private async deliver(delivery: ClaimedDelivery): Promise<void> {
    try {
      await this.store.finish(delivery, await this.attempt(delivery));
    } finally {
      this.sending.delete(delivery);
    }
  }

  private async attempt(delivery: ClaimedDelivery): Promise<AttemptResult> {
    try {
      const status = await this.send(delivery);
      if (status >= 200 && status < 300) return { status, error: null, nextAt: null };
      return { status, error: `The server responded with status ${status}.`, nextAt: this.nextAt(delivery) };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return { status: null, error: reason, nextAt: this.nextAt(delivery) };
    }
  }

  private async send({ id, url: text, secret, payload, webhookId }: ClaimedDelivery): Promise<number> {
    const url = new URL(text);
    const headers: Record<string, string> = {
      'content-type': 'application/json',
      'user-agent': 'hubfall-webhooks',
      'x-webhook-id': String(webhookId),
      'x-delivery-id': id,
    };
    if (secret !== null) {
      const opened = this.cipher.decrypt(secret, text, SECRET_PURPOSE);
      if (opened === undefined) throw new Error('The secret of the webhook cannot be decrypted. Set it again.');
      headers['x-webhook-secret'] = opened;
    }
    const response = await exchange({
      route: await this.outbound.forNamedHost(url),
      url,
      method: 'POST',
      headers,
      body: JSON.stringify(payload),
      streams: false,
      timeoutMs: TIMEOUT_MS,
      signal: AbortSignal.any([this.stopping.signal, AbortSignal.timeout(2 * TIMEOUT_MS)]),
    });
    response.body.on('error', () => undefined).destroy();
    return response.statusCode;
  }

  private nextAt({ attempts }: ClaimedDelivery): Date | null {
    const wait = BACK_OFF_MS[attempts - 1];
    return wait === undefined ? null : new Date(this.clock().getTime() + wait);
  }
}
