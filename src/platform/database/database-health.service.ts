import { Inject, Injectable } from '@nestjs/common';
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
  constructor(
    components: Components,
    @InjectDataSource() database: DataSource,
    @Inject(HUB_CONFIG) { databaseUrl }: HubConfig,
  ) {
    const findProblem = (): Promise<string | undefined> =>
      withTimeout(PING_MS, database.query('SELECT 1')).then(() => undefined, describeDatabaseProblem);
    components.add({ name: 'database', isEssential: databaseUrl === undefined, findProblem });
  }
}
