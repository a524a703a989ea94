import { Injectable, type OnModuleInit } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import type { NameCounts } from '../domain/name-check.js';
import { NameCheckQueries } from '../fallback/guard/name-check.queries.js';
import { NameLookup } from '../fallback/guard/name-lookup.service.js';
import { NameReview, type DueName, type LocalNames } from '../fallback/guard/name-review.service.js';

/** Lets `NameReview` check the names of accounts. */
@Injectable()
export class AccountNames implements LocalNames, OnModuleInit {
  private readonly queries: NameCheckQueries<{ readonly name: string }>;

  constructor(
    @InjectDataSource() database: DataSource,
    private readonly lookup: NameLookup,
    private readonly review: NameReview,
  ) {
    this.queries = new NameCheckQueries(database, { table: 'accounts', key: 'lookup_name', columns: 'name' });
  }

  onModuleInit(): void {
    this.review.register(this);
  }

  async claimDue(limit: number, now: Date): Promise<DueName[]> {
    const rows = await this.queries.claim(limit, now);
    return rows.map((row) => ({
      label: `account "${row.name}"`,
      check: () => this.lookup.organization(row.name, { isBackground: true }),
      save: (check) => this.queries.save(row, check),
    }));
  }

  scheduleAll(now: Date): Promise<number> {
    return this.queries.schedule('true', now);
  }

  count(): Promise<NameCounts> {
    return this.queries.count();
  }
}
