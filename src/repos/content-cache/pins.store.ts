import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { HubError } from '../../domain/hub-error.js';
import { parseFullName, type RepoType } from '../../domain/repo-id.js';
import { pinMatcher, type Pin } from './pin-matcher.js';

/** The columns of `Pin`. */
export const PIN_COLUMNS = 'id, repos, revision, files';
const MAX_PINS = 100;
/** Matched at once, between other requests. */
const BATCH = 200;

interface NameRow {
  readonly contentId: string;
  readonly key: string;
  readonly type: RepoType;
  readonly repo: string;
  readonly commit: string;
  readonly revision: string;
  readonly path: string;
}

/** The pins, and which files they keep. */
@Injectable()
export class PinStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  all(): Promise<Pin[]> {
    return this.database.query<Pin[]>(`SELECT ${PIN_COLUMNS} FROM content_cache_pins ORDER BY id`);
  }

  /**
   * Adds or replaces a pin.
   * @returns whether it is new
   * @throws HubError `Conflict` if there are too many
   */
  put({ id, repos, revision, files }: Pin, outer = this.database.manager): Promise<boolean> {
    return change(outer, async (m) => {
      const [row] = await m.query<{ isNew: boolean }[]>(
        `INSERT INTO content_cache_pins (id, repos, revision, files) VALUES ($1, $2, $3, $4)
         ON CONFLICT (id) DO UPDATE SET repos = excluded.repos, revision = excluded.revision, files = excluded.files
         RETURNING xmax = 0 AS "isNew"`,
        [id, repos, revision, files],
      );
      const [{ count } = { count: 0 }] = await m.query<{ count: number }[]>(
        'SELECT count(*)::int AS count FROM content_cache_pins',
      );
      if (count > MAX_PINS) throw new HubError('Conflict', `There can be at most ${MAX_PINS} pins. Delete one first.`);
      return row!.isNew;
    });
  }

  /** @returns whether it existed */
  remove(id: string, outer = this.database.manager): Promise<boolean> {
    return change(outer, async (m) => {
      const [, deleted] = await m.query<[unknown, number]>('DELETE FROM content_cache_pins WHERE id = $1', [id]);
      return deleted > 0;
    });
  }
}

/** Changes pins, and marks the files that are pinned afterwards. */
function change(outer: EntityManager, work: (m: EntityManager) => Promise<boolean>): Promise<boolean> {
  return outer.transaction(async (m) => {
    await m.query('LOCK TABLE content_cache_pins IN SHARE ROW EXCLUSIVE MODE'); // names are added before or after this
    const result = await work(m);
    const pinned = [...(await pinnedContents(m))];
    await m.query('UPDATE held_contents SET is_pinned = NOT is_pinned WHERE is_pinned <> (id = ANY($1::uuid[]))', [
      pinned,
    ]);
    return result;
  });
}

async function pinnedContents(m: EntityManager): Promise<ReadonlySet<string>> {
  const pins = await m.query<Pin[]>(`SELECT ${PIN_COLUMNS} FROM content_cache_pins`);
  const isPinned = pinMatcher(pins);
  const found = new Set<string>();
  let last: Pick<NameRow, 'contentId' | 'key'> | undefined = {
    contentId: '00000000-0000-0000-0000-000000000000',
    key: '',
  };
  while (pins.length > 0 && last) {
    const rows: NameRow[] = await m.query<NameRow[]>(
      `SELECT content_id AS "contentId", key, repo_type AS type, repo, commit, revision, path FROM held_files
       WHERE (content_id, key) > ($1::uuid, $2) ORDER BY content_id, key LIMIT ${BATCH}`,
      [last.contentId, last.key],
    );
    for (const { contentId, type, repo, path, ...row } of rows)
      if (isPinned({ ...row, repo: { type, ...parseFullName(repo) }, path: path.split('/') })) found.add(contentId);
    last = rows.at(-1);
    await yieldToEventLoop();
  }
  return found;
}
