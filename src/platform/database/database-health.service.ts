import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { TypeOrmHealthIndicator } from '@nestjs/terminus';
import { DataSource } from 'typeorm';
import { Components } from '../observability/components.service.js';

const PING_MS = 2000;

/** Health of the database. */
@Injectable()
export class DatabaseHealth {
  constructor(components: Components, indicator: TypeOrmHealthIndicator, @InjectDataSource() connection: DataSource) {
    const findProblem = async (): Promise<string | undefined> => {
      const { database } = await indicator.pingCheck('database', { connection, timeout: PING_MS });
      return database?.status === 'up' ? undefined : 'The database does not respond';
    };
    components.add({ name: 'database', isEssential: true, findProblem });
  }
}
