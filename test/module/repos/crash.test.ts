import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';
import { DataDirInUseError } from '../../../src/platform/database/data-dir-in-use.js';
import { dataSourceOptions } from '../../../src/platform/database/data-source-options.js';
import { LocalStore } from '../../support/local-store.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const support = (file: string): string => fileURLToPath(new URL(`../../support/${file}`, import.meta.url));

/** The output line on which each round is killed. Each line reports the start or the end of a commit. */
const KILLED_ON_LINE = [1, 8, 23, 40, 61];

interface Acknowledged {
  readonly file: string;
  readonly oid: string;
}

/** Runs a writer until the given line, then `kill -9`. */
async function writeAndCrash(
  dataDir: string,
  round: number,
  beforeKill?: () => Promise<void>,
): Promise<Acknowledged[]> {
  const args = ['--import', support('typescript-hooks.mjs'), support('crash-writer.ts'), dataDir, 'victim', `${round}`];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => child.once('exit', (code, signal) => resolve(signal ?? code)));
  const acknowledged: Acknowledged[] = [];
  let line = 0;
  for await (const text of createInterface({ input: child.stdout })) {
    const [status, file, oid] = text.split(' ');
    if (status === 'done') acknowledged.push({ file: file!, oid: oid! });
    if ((line += 1) !== KILLED_ON_LINE[round]) continue;
    await beforeKill?.();
    child.kill('SIGKILL'); // lines that it prints until it ends count as acknowledged
  }
  expect(await ended).toBe('SIGKILL');
  return acknowledged;
}

it('kill -9 during writes loses no acknowledged commit, and no event of the audit log', async () => {
  const dataDir = await temporaryFolder();
  const refused = async (): Promise<void> => {
    await expect(dataSourceOptions({ databaseUrl: undefined, dataDir })).rejects.toThrow(DataDirInUseError);
  };
  const acknowledged: Acknowledged[] = [];
  for (const round of KILLED_ON_LINE.keys()) acknowledged.push(...(await writeAndCrash(dataDir, round, refused)));
  expect(acknowledged.length).toBeGreaterThan(50);

  const store = await LocalStore.open({ databaseUrl: undefined, dataDir });
  const repository = (await store.find({ type: 'model', namespace: 'alice', name: 'victim' }))!;
  const { entries, total } = await store.repositories.commits(repository, ['main'], [['limit', '1000']]);
  const history = new Set(entries.map(({ id }) => id));
  expect(entries).toHaveLength(total);
  for (const { file, oid } of acknowledged) {
    expect(history).toContain(oid);
    const { open } = await store.repositories.file(repository, 'main', file.split('/'), false);
    expect(await text(open())).toBe(`content of ${file}`);
  }
  // all visible commits are complete, including unacknowledged ones
  for (const { id } of entries) {
    const { siblings } = await store.repositories.revision(repository, [id], [['blobs', 'true']]);
    expect(siblings?.every(({ size }) => size !== undefined)).toBe(true);
  }
  // each commit has its event, and each event its commit
  const events = await store.database.query<{ oid: string }[]>(
    `SELECT data->>'newSha' AS oid FROM audit_events WHERE action = 'repo.commit'`,
  );
  const [first] = entries.slice(-1);
  expect(events.map(({ oid }) => oid).sort()).toEqual([...history].filter((oid) => oid !== first!.id).sort());
  await store.close();
}, 180_000);
