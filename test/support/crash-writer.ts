import 'reflect-metadata';
import { writeSync } from 'node:fs';
import { LocalStore } from './local-store.js';

/** Commits in an endless loop and prints a line before and after each commit, until the crash test kills it. */
const [dataDir, repositoryName, round] = process.argv.slice(2) as [string, string, string];
const store = await LocalStore.open({ databaseUrl: undefined, dataDir });
const repo = { type: 'model', namespace: 'alice', name: repositoryName } as const;
const repository = (await store.find(repo)) ?? (await store.repository(repo));
for (let number = 0; ; number += 1) {
  const file = `round-${round}/file-${number}`;
  writeSync(1, `begin ${file}\n`);
  const oid = await store.commit(repository, { [file]: `content of ${file}`, counter: file });
  writeSync(1, `done ${file} ${oid}\n`);
}
