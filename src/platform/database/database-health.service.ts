import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { TypeOrmHealthIndicator } from '@nestjs/terminus';
import { DataSource } from 'typeorm';
import { Components } from '../observability/components.service.js';

const PING_MS = 2000;

/** Tells whether the database answers. */
@Injectable()
export class DatabaseHealth {
  constructor(components: Components, indicator: TypeOrmHealthIndicator, @InjectDataSource() connection: DataSource) {
    const fault = async (): Promise<string | undefined> => {
      const { database } = await indicator.pingCheck('database', { connection, timeout: PING_MS });
      return database?.status === 'up' ? undefined : 'The database does not answer';
    };
    components.add({ name: 'database', isEssential: true, fault });
  }
}
