import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager, QueryFailedError } from 'typeorm';
import { HubError } from '../../domain/hub-error.js';
import { FallbackSource, type SourceColumns } from './fallback-source.entity.js';
import { HubSetting } from './hub-setting.entity.js';

/** Set once the table of sources has been somebody's concern: from then on an empty table is meant to be empty. */
const EVER_STORED = 'fallback_sources.ever_stored';

/** PostgreSQL's SQLSTATE for a violated unique index. */
const UNIQUE_VIOLATION = '23505';

/** Two replicas can pass the service's own check at the same time; then the index decides. */
async function orConflict<T>(work: Promise<T>): Promise<T> {
  return work.catch((error: unknown) => {
    const code = error instanceof QueryFailedError ? (error.driverError as { code?: string }).code : undefined;
    if (code !== UNIQUE_VIOLATION) throw error;
    throw new HubError('Conflict', 'Another source of this namespace has that name', { cause: error });
  });
}

/** Leaves the mark; false when it was there before. */
async function markStored(manager: EntityManager): Promise<boolean> {
  const insert = manager.createQueryBuilder().insert().into(HubSetting).values({ key: EVER_STORED, value: 'true' });
  const { raw } = (await insert.orIgnore().returning('key').execute()) as { raw: unknown[] };
  return raw.length > 0;
}

/** The table of sources. */
@Injectable()
export class FallbackSourcesStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  all(): Promise<FallbackSource[]> {
    return this.database.getRepository(FallbackSource).find({ order: { id: 'ASC' } });
  }

  /** Stores this source if no source was ever stored; however many replicas start at once, one does. */
  storeFirst(columns: SourceColumns): Promise<void> {
    return this.database.transaction(async (manager) => {
      const first = await markStored(manager);
      if (first && (await manager.count(FallbackSource)) === 0) await manager.insert(FallbackSource, columns);
    });
  }

  /** @returns the new source's id */
  create(columns: SourceColumns): Promise<number> {
    return orConflict(
      this.database.transaction(async (manager) => {
        await markStored(manager);
        const { identifiers } = await manager.insert(FallbackSource, columns);
        return (identifiers[0] as { id: number }).id;
      }),
    );
  }

  /** @returns whether there was such a source */
  async update(id: number, columns: SourceColumns): Promise<boolean> {
    const { affected } = await orConflict(this.database.getRepository(FallbackSource).update({ id }, columns));
    return affected === 1;
  }

  /** @returns whether there was such a source */
  async delete(id: number): Promise<boolean> {
    const { affected } = await this.database.getRepository(FallbackSource).delete({ id });
    return affected === 1;
  }

  /** Gives sources other priorities; all of them, or none. */
  reorder(priorities: ReadonlyMap<number, number>): Promise<void> {
    return this.database.transaction(async (manager) => {
      for (const [id, priority] of priorities) await manager.update(FallbackSource, { id }, { priority });
    });
  }

  /** Puts other sources in place of all there are; all of them, or none. */
  replaceAll(columns: SourceColumns[]): Promise<void> {
    return orConflict(
      this.database.transaction(async (manager) => {
        await markStored(manager);
        await manager.deleteAll(FallbackSource);
        await manager.insert(FallbackSource, columns);
      }),
    );
  }
}
