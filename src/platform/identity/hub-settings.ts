import type { DataSource, EntityManager } from 'typeorm';

/** Facts about the hub that all replicas share, in the table `hub_settings`. */
export class HubSettings {
  constructor(private readonly database: DataSource | EntityManager) {}

  async get(key: string): Promise<string | undefined> {
    const rows = await this.database.query<{ value: string }[]>('SELECT value FROM hub_settings WHERE key = $1', [key]);
    return rows[0]?.value;
  }

  /**
   * Stores a value unless there is one. If several replicas start at once, all get the value of the first.
   * @returns the stored value
   */
  async getOrAdd(key: string, value: string): Promise<string> {
    await this.database.query('INSERT INTO hub_settings (key, value) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
      key,
      value,
    ]);
    return (await this.get(key)) ?? value;
  }

  async set(key: string, value: string): Promise<void> {
    await this.database.query(
      'INSERT INTO hub_settings (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = $2',
      [key, value],
    );
  }
}
