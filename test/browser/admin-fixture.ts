import type { Locator, Page } from 'playwright-core';
import { eventually } from '../support/eventually.js';
import { bytes, hang, json } from '../support/fake-replies.js';
import { FakeUpstream, type Responder } from '../support/fake-upstream.js';
import { BrowserFixture, type ViewOptions } from './browser-fixture.js';

const missing = json(404, { error: 'Repository not found' }, { 'x-error-code': 'RepoNotFound' });
const found = json(200, { id: 'team/model', sha: 'a'.repeat(40) }, { 'x-repo-commit': 'a'.repeat(40) });

/** The upstreams in the chain, by name, with their responses. */
const RESTRICTED_REPOS: Readonly<Record<string, Responder>> = {
  'Team hub': (response, request) => (request.url.includes('/team/') ? found : missing)(response, request),
  'Lost hub': missing,
  'Broken hub': bytes(500, 'out of order'),
  'Silent hub': hang(),
};

/** A browser page that shows the admin portal. */
export type AdminPage = Page & { consoleErrors: string[] };

/** A hub with sources of several kinds, and its admin portal in a browser. */
export class AdminFixture {
  private constructor(
    readonly fixture: BrowserFixture,
    readonly upstreams: Readonly<Record<string, FakeUpstream>>,
  ) {}

  /** @param prepare - creates accounts and repositories, before the sources exist that would be asked about their names */
  static async start(
    env: Record<string, string> = {},
    prepare: (fixture: BrowserFixture) => Promise<void> = () => Promise.resolve(),
  ): Promise<AdminFixture> {
    const fixture = await BrowserFixture.start([], { KOHAKU_HUB_FALLBACK_TIMEOUT: '1', ...env });
    await prepare(fixture);
    const started = Object.entries(RESTRICTED_REPOS).map(
      async ([name, reply]) => [name, await FakeUpstream.start(reply)] as const,
    );
    const admin = new AdminFixture(fixture, Object.fromEntries(await Promise.all(started)));
    await admin.reset();
    return admin;
  }

  /** Restores the initial sources. */
  async reset(): Promise<void> {
    const sources = Object.entries(this.upstreams).map(([name, { url }], place) => ({
      name,
      url,
      priority: place + 10,
      source_type: name === 'Team hub' ? 'kohakuhub' : 'huggingface',
      ...(name === 'Team hub' ? { token: 'hf_team_secret' } : {}),
      ...(name === 'Silent hub' ? { enabled: false } : {}),
    }));
    await this.api('PUT', '/fallback/sources-bulk-replace', { sources });
  }

  /** Calls the admin API. */
  async api<T = unknown>(method: string, path: string, body?: unknown): Promise<T> {
    const { hub } = this.fixture;
    const answer = await fetch(`${hub.url}/admin/api${path}`, {
      method,
      headers: { 'x-admin-token': hub.adminToken, 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  }

  /** Requests an external path from the hub, so that the sources have request statistics. */
  sendRequest(path: string): Promise<Response> {
    return fetch(this.fixture.hub.url + path);
  }

  /**
   * Opens a page of the portal and signs in.
   * @param path for example `/admin/cache`
   */
  async open(path: string, appearance: ViewOptions = {}): Promise<AdminPage> {
    const page = await this.fixture.view(appearance);
    await page.goto(path);
    await page.getByLabel('Admin token').fill(this.fixture.hub.adminToken);
    await page.keyboard.press('Enter');
    await page.getByRole('navigation', { name: 'Admin portal' }).waitFor();
    return page;
  }

  async close(): Promise<void> {
    await this.fixture.close();
    await Promise.all(Object.values(this.upstreams).map((upstream) => upstream.close()));
  }
}

/** Advances the clock of a page opened with `clock` until polling makes `due` appear or disappear. */
export async function advanceClockUntil(
  page: AdminPage,
  due: Locator,
  state: 'shown' | 'gone' = 'shown',
): Promise<void> {
  await eventually(async () => {
    await page.clock.fastForward(1_000);
    return (await due.count()) > 0 === (state === 'shown');
  });
}

/** Waits until `read` returns the expected value. */
export async function expectEventually<T>(read: () => Promise<T>, expected: T): Promise<void> {
  const wanted = JSON.stringify(expected);
  await eventually(async () => JSON.stringify(await read()) === wanted).catch(() => undefined);
  expect(await read()).toEqual(expected);
}
