import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager, QueryFailedError } from 'typeorm';
import { HubError } from '../../domain/hub-error.js';
import { FallbackSource, type SourceColumns } from './fallback-source.entity.js';
import { HubSettings } from '../../platform/identity/hub-settings.js';
import { HubSetting } from './hub-setting.entity.js';

/** Set when a source is stored for the first time. An empty table was emptied by the administrator after that. */
const EVER_STORED = 'fallback_sources.ever_stored';

/** Whether no requests are sent to sources. */
const OFFLINE = 'fallback_sources.offline';

/** PostgreSQL's SQLSTATE for a violated unique index. */
const UNIQUE_VIOLATION = '23505';

/** Two replicas can pass the check of the service at the same time. The unique index then rejects one of them. */
async function throwConflict<T>(work: Promise<T>): Promise<T> {
  return work.catch((error: unknown) => {
    const code = error instanceof QueryFailedError ? (error.driverError as { code?: string }).code : undefined;
    if (code !== UNIQUE_VIOLATION) throw error;
    throw new HubError('Conflict', 'A source with this name already exists in the namespace', { cause: error });
  });
}

/** @returns false if the mark was already set */
async function markStored(manager: EntityManager): Promise<boolean> {
  const insert = manager.createQueryBuilder().insert().into(HubSetting).values({ key: EVER_STORED, value: 'true' });
  const { raw } = (await insert.orIgnore().returning('key').execute()) as { raw: unknown[] };
  return raw.length > 0;
}

@Injectable()
export class FallbackSourcesStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  all(): Promise<FallbackSource[]> {
    return this.database.getRepository(FallbackSource).find({ order: { id: 'ASC' } });
  }

  /** Stores a source if none has ever been stored. If several replicas start at once, only one of them stores it. */
  storeDefault(columns: SourceColumns): Promise<void> {
    return this.database.transaction(async (manager) => {
      const first = await markStored(manager);
      if (first && (await manager.count(FallbackSource)) === 0) await manager.insert(FallbackSource, columns);
    });
  }

  /** @returns the new source's id */
  create(columns: SourceColumns): Promise<number> {
    return throwConflict(
      this.database.transaction(async (manager) => {
        await markStored(manager);
        const { identifiers } = await manager.insert(FallbackSource, columns);
        return (identifiers[0] as { id: number }).id;
      }),
    );
  }

  /** @returns whether the source existed */
  async update(id: number, columns: SourceColumns): Promise<boolean> {
    const { affected } = await throwConflict(this.database.getRepository(FallbackSource).update({ id }, columns));
    return affected === 1;
  }

  /** @returns whether the source existed */
  async delete(id: number): Promise<boolean> {
    const { affected } = await this.database.getRepository(FallbackSource).delete({ id });
    return affected === 1;
  }

  /** Whether the administrator has turned off all requests to sources. */
  async isOffline(): Promise<boolean> {
    return (await new HubSettings(this.database).get(OFFLINE)) === 'true';
  }

  setOffline(isOffline: boolean): Promise<void> {
    return new HubSettings(this.database).set(OFFLINE, String(isOffline));
  }

  /** Updates priorities in one transaction. */
  reorder(priorities: ReadonlyMap<number, number>): Promise<void> {
    return this.database.transaction(async (manager) => {
      for (const [id, priority] of priorities) await manager.update(FallbackSource, { id }, { priority });
    });
  }

  /** Replaces all sources in one transaction. */
  replaceAll(columns: SourceColumns[]): Promise<void> {
    return throwConflict(
      this.database.transaction(async (manager) => {
        await markStored(manager);
        await manager.deleteAll(FallbackSource);
        await manager.insert(FallbackSource, columns);
      }),
    );
  }
}
