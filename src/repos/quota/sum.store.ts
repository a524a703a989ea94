import { Injectable, Logger } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import type { AccountKind } from '../../domain/account.js';
import type { RepoType } from '../../domain/repo-id.js';

/** More rows of a sum are added up every hour. */
const MAX_CHANGES = 50;
/** More rows are added up as soon as the sum is read, for example after many repositories were created. */
const MAX_READ_CHANGES = 500;

/** Rows that are added up by one statement, so that other queries of the embedded database do not wait for long. */
const BATCH_SIZE = 1000;

const ADD_UP = `
  WITH gone AS (
    DELETE FROM sum_changes WHERE id IN (SELECT id FROM sum_changes WHERE key = $1 ORDER BY id LIMIT ${BATCH_SIZE})
    RETURNING amount),
  sum AS (INSERT INTO sum_changes (key, amount) SELECT $1, sum(amount) FROM gone HAVING sum(amount) <> 0)
  SELECT count(*)::integer AS count FROM gone`;

/** Totals of the hub. */
export interface HubTotals {
  readonly accounts: Readonly<Record<AccountKind, number>>;
  readonly repositories: Readonly<Record<RepoType, number>>;
  /** Bytes of all repositories' files, counting content once per repository. */
  readonly repositoryBytes: number;
  /** Number of distinct contents in the store, including those that are no longer referenced. */
  readonly contents: number;
  /** Their bytes. Contents of unknown size are not included until the collector has looked it up. */
  readonly contentBytes: number;
}

const KEYS = {
  users: 'accounts:user',
  organizations: 'accounts:organization',
  models: 'repositories:model',
  datasets: 'repositories:dataset',
  spaces: 'repositories:space',
  repositoryBytes: 'repository_bytes',
  contents: 'contents',
  contentBytes: 'content_bytes',
} as const;

/** Numbers that triggers keep, so that no page has to count (ADR 34). Reading one is a sum over a few rows. */
@Injectable()
export class SumStore {
  private readonly logger = new Logger('Totals');
  private readonly addingUp = new Set<string>();

  constructor(@InjectDataSource() private readonly database: DataSource) {}

  async totals(): Promise<HubTotals> {
    const sums = await this.sums(Object.values(KEYS));
    const of = (name: keyof typeof KEYS): number => sums.get(KEYS[name]) ?? 0;
    return {
      accounts: { user: of('users'), organization: of('organizations') },
      repositories: { model: of('models'), dataset: of('datasets'), space: of('spaces') },
      repositoryBytes: of('repositoryBytes'),
      contents: of('contents'),
      contentBytes: of('contentBytes'),
    };
  }

  /** Number of repositories of each account, including private and disabled ones. */
  async repositoriesOf(accountIds: readonly number[], m = this.database.manager): Promise<Map<number, number>> {
    const sums = await this.sums(
      accountIds.map((id) => `repositories_of:${id}`),
      m,
    );
    return new Map(accountIds.map((id) => [id, sums.get(`repositories_of:${id}`) ?? 0]));
  }

  /** Adds up the changes of each sum. Replicas may run it at the same time. */
  async tidy(): Promise<void> {
    const rows = await this.database.query<{ key: string }[]>(
      'SELECT key FROM sum_changes GROUP BY key HAVING count(*) > $1',
      [MAX_CHANGES],
    );
    for (const { key } of rows) await this.addUp(key);
  }

  private async sums(keys: readonly string[], m = this.database.manager): Promise<Map<string, number>> {
    const rows = await m.query<{ key: string; amount: string; changes: number }[]>(
      'SELECT key, sum(amount) AS amount, count(*)::integer AS changes FROM sum_changes WHERE key = ANY($1) GROUP BY key',
      [keys],
    );
    for (const { key, changes } of rows) if (changes > MAX_READ_CHANGES) this.addUpLater(key);
    return new Map(rows.map(({ key, amount }) => [key, Number(amount)]));
  }

  private addUpLater(key: string): void {
    if (this.addingUp.has(key)) return;
    this.addingUp.add(key);
    void this.addUp(key)
      .catch((err: unknown) => this.logger.warn({ err, key }, 'A total could not be added up'))
      .finally(() => this.addingUp.delete(key));
  }

  private async addUp(key: string): Promise<void> {
    for (let count = BATCH_SIZE; count === BATCH_SIZE;) {
      const [row] = await this.database.query<{ count: number }[]>(ADD_UP, [key]);
      count = row!.count;
    }
  }
}
