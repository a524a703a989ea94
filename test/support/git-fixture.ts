import { LocalRepos } from './local-repos.js';
import type { LocalRepo } from '../../src/repos/store/local-repo.js';
import { expect } from '@jest/globals';
import { GitProgram } from './git-program.js';
import { startHub, type RunningHub } from './hub-app.js';
import { createTestUser, type TestUser } from './test-users.js';

/** Packs stay as they came, so that what was sent for nothing is seen. */
const AS_SENT = { 'fetch.unpackLimit': '1' };

type Type = LocalRepo['repo']['type'];

/** A hub, repositories of alice's in it, and git in front of it. */
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
    return new GitFixture(hub, LocalRepos.of(hub.app), alice, await GitProgram.start(AS_SENT));
  }

  make(name: string, facts: { type?: Type; private?: boolean } = {}): Promise<LocalRepo> {
    const { type = 'model', private: isPrivate = false } = facts;
    return this.store.createRepository({
      repo: { type, namespace: 'alice', name },
      ...{ ownerName: 'alice', private: isPrivate },
    });
  }

  /** @returns the commit's id */
  commit(to: LocalRepo, files: Readonly<Record<string, string | Buffer>>, branch = 'main'): Promise<string> {
    return this.store.commit(to, {
      ...{ branch, summary: `Change ${Object.keys(files).join(', ')}`, author: { name: 'alice' } },
      operations: Object.entries(files).map(([path, text]) => ({ kind: 'file', path, content: Buffer.from(text) })),
    });
  }

  clone(path: string, into: string, ...options: readonly string[]): Promise<string> {
    return this.git.do('', 'clone', '--quiet', ...options, `${this.hub.url}${path}`, into);
  }

  /** The commit of a revision in a clone. */
  commitOf(folder: string, revision = 'HEAD'): Promise<string> {
    return this.git.do(folder, 'rev-parse', revision);
  }

  /** Every commit that a clone has behind a revision, newest first. */
  async history(folder: string, revision = 'HEAD'): Promise<string[]> {
    return (await this.git.do(folder, 'log', '--format=%H', revision)).split('\n');
  }

  /** How many objects a clone was sent. */
  async objects(folder: string): Promise<number> {
    const told = await this.git.do(folder, 'count-objects', '-v');
    return [...told.matchAll(/^(?:count|in-pack): (\d+)$/gm)].reduce((sum, [, count]) => sum + Number(count), 0);
  }

  /** Nothing in a clone is missing, broken, or spelled as git would not. */
  async expectSound(folder: string): Promise<void> {
    expect(await this.git.run(folder, 'fsck', '--strict', '--no-dangling')).toMatchObject({ code: 0, stdout: '' });
  }

  close(): Promise<void> {
    return this.hub.close();
  }
}
