import { Inject, Injectable, Logger, type BeforeApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { ReservedNames } from '../fallback/resolver/reserved-names.service.js';
import { FLEET, Topic, type Fleet } from '../platform/cluster/fleet.js';
import { AccountStore } from './account.store.js';

/** An account may be reserved now that was not before, or the other way round. */
const RESERVED = new Topic<null>('reserved');

/** What another replica has reserved, and could not tell of, is in force here after this long. */
const EVERY_MS = 3_000;

/** Tells those who ask sources which accounts are reserved. */
@Injectable()
export class ReservedAccounts implements OnModuleInit, BeforeApplicationShutdown {
  private readonly logger = new Logger('Accounts');
  private reading: Promise<unknown> = Promise.resolve();
  private begun = 0;
  private told = 0;

  constructor(
    private readonly accounts: AccountStore,
    private readonly names: ReservedNames,
    @Inject(FLEET) private readonly fleet: Fleet,
  ) {
    fleet.on(RESERVED, () => this.refresh());
    fleet.onGap(() => this.refresh());
  }

  /** Before the first question. */
  onModuleInit(): Promise<void> {
    return this.refresh();
  }

  /** To be called whenever a reserved account was made, changed or deleted: that is in force on all replicas when this returns. */
  async changed(): Promise<void> {
    await this.refresh();
    await this.fleet.tell(RESERVED, null);
  }

  /** What the database says now is in force here when this returns. */
  async refresh(): Promise<void> {
    const turn = ++this.begun;
    const names = await this.accounts.reservedNames();
    if (turn < this.told) return; // somebody has read later, and told sooner
    this.told = turn;
    this.names.replace(names);
  }

  /** While the database is away, what was known last stays in force. */
  @Interval(EVERY_MS)
  again(): void {
    this.reading = this.refresh().catch((err: unknown) =>
      this.logger.warn({ err }, 'The reserved accounts could not be read; those known stay reserved'),
    );
  }

  /** The database is closed after this. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.reading;
  }
}
