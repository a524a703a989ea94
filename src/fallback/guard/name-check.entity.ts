import { Column } from 'typeorm';
import type { NameCheck, NameState } from '../../domain/name-check.js';

/** Columns of repositories and accounts: what is known about their name at the sources. Embedded in the entities. */
export class NameCheckColumns {
  /** Null if no source was asked. */
  @Column('varchar', { name: 'name_state', length: 16, nullable: true })
  state: NameState | null;

  /** Name of the source that has this name. */
  @Column('varchar', { name: 'shadowed_source', length: 100, nullable: true })
  source: string | null;

  /** When the name is checked next; null if no check is due. */
  @Column('timestamptz', { name: 'name_check_at', nullable: true })
  nextAt: Date | null;
}

/** A name that could not be checked is checked again after this time. */
export const RETRY_MS = 5 * 60_000;

/** The columns of a name that was just checked; `undefined` if no source was asked. */
export const nameCheckColumns = (check: NameCheck | undefined, now: Date): NameCheckColumns => ({
  state: check?.state ?? null,
  source: check?.source ?? null,
  nextAt: check?.state === 'unverified' ? new Date(now.getTime() + RETRY_MS) : null,
});
