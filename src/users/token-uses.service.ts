import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnModuleDestroy,
  type OnModuleInit,
} from '@nestjs/common';
import { AccessTokenStore, type TokenUse } from './access-token.store.js';

const FLUSH_MS = 10_000;

/** Records the last use of access tokens in memory, and writes it every few seconds in one statement. A crash loses the last seconds. */
@Injectable()
export class TokenUses implements OnModuleInit, OnModuleDestroy, BeforeApplicationShutdown {
  private readonly logger = new Logger('Tokens');
  private pending = new Map<number, TokenUse>();
  private flushing: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly store: AccessTokenStore) {}

  onModuleInit(): void {
    this.timer = setInterval(() => void this.flush(), FLUSH_MS).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.flush();
  }

  record(use: TokenUse): void {
    this.pending.set(use.id, use);
  }

  /** Writes the recorded uses. Flushes run one after another; uses that cannot be written are retried by the next flush. */
  flush(): Promise<void> {
    return (this.flushing = this.flushing.then(() => this.write()));
  }

  private async write(): Promise<void> {
    if (this.pending.size === 0) return;
    const uses = this.pending;
    this.pending = new Map();
    try {
      await this.store.recordUses([...uses.values()]);
    } catch (err) {
      this.pending = new Map([...uses, ...this.pending]);
      this.logger.warn({ message: 'Failed to write the last use of access tokens; retrying with the next flush', err });
    }
  }
}
