import { Injectable, Logger, type BeforeApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { ReservedNames } from '../fallback/reserved-names.service.js';
import { AccountStore } from './account.store.js';

/** What another replica has reserved is in force here after this long. */
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
  ) {}

  /** Before the first question. */
  onModuleInit(): Promise<void> {
    return this.refresh();
  }

  /** What the database says now is in force when this returns. To be called whenever a reserved account is made, changed or deleted. */
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
