import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import type { FactsResult } from './facts-processes.service.js';

/** Older results are deleted, since the files may no longer exist. Existing files are read again. */
const MAX_AGE = '180 days';

/** Stores what headers of model files contain, so that each is read once. */
@Injectable()
export class ModelFactsStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  async find(keys: readonly string[]): Promise<Map<string, FactsResult>> {
    const rows = await this.database.query<{ key: string; result: FactsResult }[]>(
      'SELECT key, result FROM model_facts WHERE key = ANY($1)',
      [keys],
    );
    return new Map(rows.map(({ key, result }) => [key, result]));
  }

  async save(key: string, result: FactsResult): Promise<void> {
    await this.database.query('INSERT INTO model_facts (key, result) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
      key,
      JSON.stringify(result),
    ]);
  }

  async deleteOld(): Promise<void> {
    await this.database.query(`DELETE FROM model_facts WHERE created_at < now() - interval '${MAX_AGE}'`);
  }
}
