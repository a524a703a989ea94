import { LocalRepos } from './local-repos.js';
import { LocalCommitsService } from '../../src/repos/store/local-commits.service.js';
import type { LocalRepo } from '../../src/repos/store/local-repo.js';
import { expect } from '@jest/globals';
import { GitProgram } from './git-program.js';
import { startHub, type RunningHub } from './hub-app.js';
import { createTestUser, type TestUser } from './test-users.js';

/** Keeps packs as received, so that unneeded objects are counted. */
const KEEP_PACKS = { 'fetch.unpackLimit': '1' };

type Type = LocalRepo['repo']['type'];

/** A hub with repositories of alice, and the git program. */
export class GitFixture {
  private constructor(
    readonly hub: RunningHub,
    readonly store: LocalRepos,
    readonly alice: TestUser,
    readonly git: GitProgram,
  ) {}

  static async start(env: Readonly<Record<string, string>> = {}): Promise<GitFixture> {
    const hub = await startHub({ env });
    const alice = await createTestUser(hub, 'alice');
    return new GitFixture(hub, LocalRepos.of(hub.app), alice, await GitProgram.start(KEEP_PACKS));
  }

  createRepo(name: string, facts: { type?: Type; private?: boolean } = {}): Promise<LocalRepo> {
    const { type = 'model', private: isPrivate = false } = facts;
    return this.store.createRepository({
      repo: { type, namespace: 'alice', name },
      ownerName: 'alice',
      private: isPrivate,
    });
  }

  /** Sets the date of the commits that follow. */
  setTime(time: Date): void {
    Object.assign(this.hub.app.get(LocalCommitsService, { strict: false }), { clock: () => time });
  }

  /** @returns the ID of the commit */
  commit(to: LocalRepo, files: Readonly<Record<string, string | Buffer>>, branch = 'main'): Promise<string> {
    return this.store.commit(to, {
      branch,
      summary: `Change ${Object.keys(files).join(', ')}`,
      author: { name: 'alice' },
      operations: Object.entries(files).map(([path, text]) => ({ kind: 'file', path, content: Buffer.from(text) })),
    });
  }

  clone(path: string, into: string, ...options: readonly string[]): Promise<string> {
    return this.git.output('', 'clone', '--quiet', ...options, `${this.hub.url}${path}`, into);
  }

  /** The commit ID of a revision in a clone. */
  commitOf(folder: string, revision = 'HEAD'): Promise<string> {
    return this.git.output(folder, 'rev-parse', revision);
  }

  /** All commit IDs of a revision in a clone, newest first. */
  async history(folder: string, revision = 'HEAD'): Promise<string[]> {
    return (await this.git.output(folder, 'log', '--format=%H', revision)).split('\n');
  }

  /** Number of objects in a clone. */
  async objects(folder: string): Promise<number> {
    const counts = await this.git.output(folder, 'count-objects', '-v');
    return [...counts.matchAll(/^(?:count|in-pack): (\d+)$/gm)].reduce((sum, [, count]) => sum + Number(count), 0);
  }

  /** Expects a clone without missing, corrupt or malformed objects. */
  async expectValidClone(folder: string): Promise<void> {
    expect(await this.git.run(folder, 'fsck', '--strict', '--no-dangling')).toMatchObject({ code: 0, stdout: '' });
  }

  close(): Promise<void> {
    return this.hub.close();
  }
}
