import type { Locator, Page } from 'playwright-core';
import { eventually } from '../support/eventually.js';
import { bytes, hang, json } from '../support/fake-replies.js';
import { FakeUpstream, type Responder } from '../support/fake-upstream.js';
import { BrowserFixture, type ViewOptions } from './browser-fixture.js';

const missing = json(404, { error: 'Repository not found' }, { 'x-error-code': 'RepoNotFound' });
const found = json(200, { id: 'team/model', sha: 'a'.repeat(40) }, { 'x-repo-commit': 'a'.repeat(40) });

/** The far hubs that a chain meets, by their names, with what they answer. */
const RESTRICTED_REPOS: Readonly<Record<string, Responder>> = {
  'Team hub': (response, request) => (request.url.includes('/team/') ? found : missing)(response, request),
  'Lost hub': missing,
  'Broken hub': bytes(500, 'out of order'),
  'Silent hub': hang(),
};

/** A window with the portal open, and whatever a test does behind its back. */
export type AdminPage = Page & { complaints: string[] };

/** The fixture with sources of several kinds behind the hub, and the administrator in front of it. */
export class AdminFixture {
  private constructor(
    readonly fixture: BrowserFixture,
    readonly far: Readonly<Record<string, FakeUpstream>>,
  ) {}

  static async start(env: Record<string, string> = {}): Promise<AdminFixture> {
    const fixture = await BrowserFixture.start([], { KOHAKU_HUB_FALLBACK_TIMEOUT: '1', ...env });
    const started = Object.entries(RESTRICTED_REPOS).map(
      async ([name, reply]) => [name, await FakeUpstream.start(reply)] as const,
    );
    const admin = new AdminFixture(fixture, Object.fromEntries(await Promise.all(started)));
    await admin.reset();
    return admin;
  }

  /** The stored sources as they were at the start. */
  async reset(): Promise<void> {
    const sources = Object.entries(this.far).map(([name, { url }], place) => ({
      ...{ name, url, priority: place + 10, source_type: name === 'Team hub' ? 'kohakuhub' : 'huggingface' },
      ...(name === 'Team hub' ? { token: 'hf_team_secret' } : {}),
      ...(name === 'Silent hub' ? { enabled: false } : {}),
    }));
    await this.api('PUT', '/fallback/sources-bulk-replace', { sources });
  }

  /** Asks the admin API. */
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

  /** Asks the hub for something that only a source can have, so that the sources have a history. */
  sendRequest(path: string): Promise<Response> {
    return fetch(this.fixture.hub.url + path);
  }

  /** A window on a page of the portal, behind the door. @param path such as `/admin/cache` */
  async open(path: string, look: ViewOptions = {}): Promise<AdminPage> {
    const page = await this.fixture.view(look);
    await page.goto(path);
    await page.getByLabel('Admin token').fill(this.fixture.hub.adminToken);
    await page.keyboard.press('Enter');
    await page.getByRole('navigation', { name: 'Admin portal' }).waitFor();
    return page;
  }

  async close(): Promise<void> {
    await this.fixture.close();
    await Promise.all(Object.values(this.far).map((upstream) => upstream.close()));
  }
}

/** Moves time on, in a window with `clock`, until the page shows what only its next questions to the hub bring, or hides what they end. */
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

/** Waits until what is read is as expected. */
export async function expectEventually<T>(read: () => Promise<T>, expected: T): Promise<void> {
  const wanted = JSON.stringify(expected);
  await eventually(async () => JSON.stringify(await read()) === wanted).catch(() => undefined);
  expect(await read()).toEqual(expected);
}
