import { Inject, Injectable, Logger } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { withTimeout } from '../async/with-timeout.js';
import { HUB_CONFIG, type HubConfig } from '../config/hub-config.js';
import { Components } from '../observability/components.service.js';
import { describeDatabaseProblem } from './database-problem.js';

const PING_MS = 2000;

/** Health of the database. A server is shared with the other replicas, and has responded at startup; the embedded database is part of this one. */
@Injectable()
export class DatabaseHealth {
  private readonly log = new Logger('Database');
  private problem: string | undefined;

  constructor(
    components: Components,
    @InjectDataSource() private readonly database: DataSource,
    @Inject(HUB_CONFIG) { databaseUrl }: HubConfig,
  ) {
    components.add({
      name: 'database',
      isEssential: databaseUrl === undefined,
      findProblem: () => this.findProblem(),
    });
  }

  /** Logs changes, because the log lines of requests do not have the reason. */
  private async findProblem(): Promise<string | undefined> {
    const ping = withTimeout(PING_MS, this.database.query('SELECT 1'));
    const problem = await ping.then(() => undefined, describeDatabaseProblem);
    if (problem !== undefined && problem !== this.problem) this.log.warn(`${problem}.`);
    if (problem === undefined && this.problem !== undefined) this.log.log('The database is available again.');
    return (this.problem = problem);
  }
}
