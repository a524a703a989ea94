import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager, QueryFailedError } from 'typeorm';
import type { Caller } from '../../domain/caller.js';
import { HubError } from '../../domain/hub-error.js';
import { AuditLog } from '../../platform/audit/audit-log.service.js';
import { FallbackSource, type SourceColumns } from './fallback-source.entity.js';
import { HubSettings } from '../../platform/identity/hub-settings.js';
import { HubSetting } from './hub-setting.entity.js';

/** A change of a source, for the audit log. */
export interface SourceChange {
  readonly by?: Caller;
  /** The given fields. Only their names are recorded: values may be secret. */
  readonly fields: object;
}

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
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly audit: AuditLog,
  ) {}

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
  create(columns: SourceColumns, by?: Caller): Promise<number> {
    return throwConflict(
      this.database.transaction(async (manager) => {
        await markStored(manager);
        const { identifiers } = await manager.insert(FallbackSource, columns);
        const { id } = identifiers[0] as { id: number };
        await this.audit.record(manager, by, { action: 'source.create', object: columns.name, data: { id } });
        return id;
      }),
    );
  }

  /** @returns whether the source existed */
  update(id: number, columns: SourceColumns, { by, fields }: SourceChange = { fields: {} }): Promise<boolean> {
    return throwConflict(
      this.audit.act(
        by,
        async (m) => (await m.update(FallbackSource, { id }, columns)).affected === 1,
        (isDone) =>
          isDone
            ? { action: 'source.update', object: columns.name, data: { id, fields: Object.keys(fields) } }
            : undefined,
      ),
    );
  }

  /** @returns whether the source existed */
  delete({ id, name }: Pick<FallbackSource, 'id' | 'name'>, by?: Caller): Promise<boolean> {
    return this.audit.act(
      by,
      async (m) => (await m.delete(FallbackSource, { id })).affected === 1,
      (isDone) => (isDone ? { action: 'source.delete', object: name, data: { id } } : undefined),
    );
  }

  /** Whether the administrator has turned off all requests to sources. */
  async isOffline(): Promise<boolean> {
    return (await new HubSettings(this.database).get(OFFLINE)) === 'true';
  }

  setOffline(isOffline: boolean, by?: Caller): Promise<void> {
    return this.audit.act(
      by,
      (m) => new HubSettings(m).set(OFFLINE, String(isOffline)),
      () => ({ action: 'source.set_offline', data: { offline: isOffline } }),
    );
  }

  /** Updates priorities in one transaction. */
  reorder(priorities: ReadonlyMap<number, number>, by?: Caller): Promise<void> {
    return this.database.transaction(async (manager) => {
      for (const [id, priority] of priorities) await manager.update(FallbackSource, { id }, { priority });
      await this.audit.record(manager, by, { action: 'source.reorder', data: { ids: [...priorities.keys()] } });
    });
  }

  /** Replaces all sources in one transaction. */
  replaceAll(columns: SourceColumns[], by?: Caller): Promise<void> {
    return throwConflict(
      this.database.transaction(async (manager) => {
        await markStored(manager);
        await manager.deleteAll(FallbackSource);
        await manager.insert(FallbackSource, columns);
        const names = columns.map(({ name }) => name);
        await this.audit.record(manager, by, { action: 'source.replace_all', data: { sources: names } });
      }),
    );
  }
}
