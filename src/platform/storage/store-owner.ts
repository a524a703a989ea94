import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { HubSettings } from '../identity/hub-settings.js';
import type { BlobStore } from './blob-store.js';
import type { OwnerMark } from './owner-mark.js';

/** The id of this hub. It is part of the database, so a restored dump has it, too. */
const HUB_ID = 'storage.owner_id';
/** Set when this database has marked a storage. */
const CLAIMED = 'storage.claimed';
/** A server may report that another replica writes the mark, before it can be read. */
const CLAIM_ATTEMPTS = 3;
/** A part of the identity that the database does not reveal. */
const UNKNOWN = 'unknown';
/** Error code of PostgreSQL. */
const INSUFFICIENT_PRIVILEGE = '42501';
/** How many files of the database are searched in a storage without a mark. */
const SAMPLE_SIZE = 20;

/**
 * Whether the storage belongs to this hub. `foreign`: another hub has marked it. `unmarked`: it has files, but no mark. `emptied`: it is empty, but
 * the database refers to files. `copied`: the mark is of this hub, but of another copy of its database. `free`: it is empty and has no mark.
 */
export type Ownership = 'own' | 'copied' | 'foreign' | 'unmarked' | 'emptied' | 'free';

/** A storage is not used, because it may belong to another hub. */
export class StorageOwnerError extends Error {
  constructor(
    readonly ownership: Exclude<Ownership, 'own'>,
    place: string,
  ) {
    super(PROBLEMS[ownership](place));
    this.name = 'StorageOwnerError';
  }
}

interface Mark {
  readonly hub: string;
  /** The database that has written the mark. */
  readonly database: string;
}

/**
 * Makes sure that a storage is used by one hub only: the collection of another hub would delete all files that its database does not know. The
 * owner mark in the storage has the id that the database of its hub has.
 */
export class StoreOwner {
  private readonly settings: HubSettings;

  constructor(
    private readonly mark: OwnerMark,
    private readonly database: DataSource,
    private readonly blobs: Pick<BlobStore, 'has'>,
  ) {
    this.settings = new HubSettings(database);
  }

  get place(): string {
    return this.mark.place;
  }

  /** Whether the storage belongs to this hub. Changes nothing. */
  async check(): Promise<Ownership> {
    const mark = await this.readMark();
    if (mark) {
      if (mark.hub !== (await this.settings.get(HUB_ID))) return 'foreign';
      return isSameDatabase(mark.database, await this.databaseId()) ? 'own' : 'copied';
    }
    const sample = await this.sample();
    if (!(await this.mark.hasContent())) return sample.length === 0 ? 'free' : 'emptied';
    const isClaimed = (await this.settings.get(CLAIMED)) !== undefined;
    return !isClaimed && (await this.hasSome(sample)) ? 'free' : 'unmarked';
  }

  /**
   * Marks a storage that has no mark if it is empty, or if this hub has used it before there were marks.
   * @returns `own` or `copied`
   * @throws StorageOwnerError
   */
  async claim(): Promise<Ownership> {
    const id = await this.settings.getOrAdd(HUB_ID, randomUUID());
    let ownership = await this.check();
    for (let attempt = 0; ownership === 'free' && attempt < CLAIM_ATTEMPTS; attempt++) {
      await this.mark.create(await this.markOf(id));
      ownership = await this.check(); // another replica or another hub may have been faster
    }
    if (ownership !== 'own' && ownership !== 'copied') throw new StorageOwnerError(ownership, this.place);
    await this.settings.getOrAdd(CLAIMED, this.place);
    return ownership;
  }

  /** Marks the storage as this hub's, even if another one has marked it before. */
  async take(): Promise<void> {
    const id = await this.settings.getOrAdd(HUB_ID, randomUUID());
    await this.mark.replace(await this.markOf(id));
    await this.settings.set(CLAIMED, this.place);
  }

  private async readMark(): Promise<Mark | undefined> {
    const text = await this.mark.read();
    if (text === undefined) return undefined;
    try {
      const { hub, database } = JSON.parse(text) as Partial<Record<keyof Mark, unknown>>;
      return { hub: String(hub), database: String(database) };
    } catch {
      return { hub: '', database: '' }; // damaged
    }
  }

  private async markOf(hub: string): Promise<string> {
    const mark: Mark = { hub, database: await this.databaseId() };
    return `${JSON.stringify({ ...mark, written_at: new Date().toISOString() })}\n`;
  }

  /** Identifies the database: its server, itself, and a table. A restored dump is another one, usually also without the server. */
  private async databaseId(): Promise<string> {
    const [{ ids }] = await this.database.query<[{ ids: string }]>(
      "SELECT oid::text || '/' || 'hub_settings'::regclass::oid AS ids FROM pg_database WHERE datname = current_database()",
    );
    const server = await this.database
      .query<[{ id: string }]>('SELECT system_identifier::text AS id FROM pg_control_system()')
      .then(([{ id }]) => id)
      .catch((error: unknown) => {
        if ((error as { code?: unknown }).code === INSUFFICIENT_PRIVILEGE) return UNKNOWN; // some providers do not allow it
        throw error;
      });
    return `${server}/${ids}`;
  }

  private async sample(): Promise<string[]> {
    const rows = await this.database.query<{ sha256: string }[]>(`SELECT sha256 FROM contents LIMIT ${SAMPLE_SIZE}`);
    return rows.map(({ sha256 }) => sha256);
  }

  private async hasSome(digests: readonly string[]): Promise<boolean> {
    for (const sha256 of digests) if (await this.blobs.has(sha256)) return true;
    return false;
  }
}

/**
 * Compares what both identities have: some providers do not reveal the server, the right to read it can be granted and revoked, and earlier marks
 * do not name the table.
 */
function isSameDatabase(marked: string, own: string): boolean {
  const parts = own.split('/');
  return marked
    .split('/')
    .every((part, index) => part === parts[index] || part === UNKNOWN || parts[index] === UNKNOWN);
}

const TAKE = 'run node dist/src/main.js claim-storage with the settings of this hub';

/** The problem with a storage that is not this hub's. `free` storages are claimed. */
const PROBLEMS: Readonly<Record<Exclude<Ownership, 'own'>, (place: string) => string>> = {
  foreign: (place) =>
    `Another hub uses ${place}: its owner mark has the id of another database. Two hubs would delete each other's files, so use another storage. If this hub is to replace the other one, which must not be started again, ${TAKE}.`,
  unmarked: (place) =>
    `There are files in ${place}, but no owner mark (blobs/owner.json) of this hub. Check that the storage and the database belong together. If they do, for example because the mark was not restored, ${TAKE}.`,
  emptied: (place) =>
    `There are no files in ${place}, but the database of this hub refers to files. Check the settings of the storage, or restore its files. To start without the files, ${TAKE}.`,
  copied: (place) =>
    `The owner mark in ${place} was written by another copy of this hub's database. Nothing is deleted from it until it is certain that only this hub uses it. After a restore, or if the database was moved, ${TAKE}.`,
  free: (place) => `No hub has marked ${place} yet.`,
};

/** The reason why nothing may be deleted from a storage. */
export const ownershipProblem = (ownership: Ownership, place: string): string | undefined =>
  ownership === 'own' ? undefined : PROBLEMS[ownership](place);
