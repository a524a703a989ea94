import { existsSync } from 'node:fs';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { CLIENT_REPOS } from '../clients/client-repos.js';
import { commitBody, fileLine } from '../support/commit-body.js';
import { FakeHuggingFace } from '../support/fake-huggingface.js';
import type { FakeRepoSpec } from '../support/fake-repo.js';
import { HubProcess } from '../support/hub-process.js';
import { EXTERNAL_PROFILES, EXTERNAL_REPOS } from './external-content.js';

/** Paths of Debian's packages. The headless shell is the same engine without browser windows. */
const PROGRAMS = ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium'] as const;
const CHROMIUM = process.env['CHROMIUM_PATH'] ?? PROGRAMS.find((path) => existsSync(path)) ?? PROGRAMS[0];
const QUIET = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'];
const STILL = ['--disable-background-networking', '--disable-component-update'];
/** A host name other than localhost, where browsers have no secure context over plain HTTP. */
const NAMES = ['--host-resolver-rules=MAP hub.test 127.0.0.1'];

/** The password of all test accounts. */
export const PASSWORD = 'correct horse battery';

export interface ViewOptions {
  readonly theme?: 'light' | 'dark';
  /** Viewport width in CSS pixels. */
  readonly width?: number;
  /** A local account to be signed in as. */
  readonly as?: string;
  /** Installs `page.clock`, so that tests can advance the time between polls. */
  readonly clock?: boolean;
}

/** Closed after each test, because open pages keep polling and rendering. */
const openContexts: BrowserContext[] = [];
afterEach(async () => {
  await Promise.all(openContexts.splice(0).map((context) => context.close()));
});

/** The hub process with its built pages, a fake upstream as its source, and Chromium. */
export class BrowserFixture {
  private constructor(
    readonly hub: HubProcess,
    readonly huggingFace: FakeHuggingFace,
    private readonly browser: Browser,
  ) {}

  /** @param repos - additional repositories of the upstream */
  static async start(repos: readonly FakeRepoSpec[] = [], env: Record<string, string> = {}): Promise<BrowserFixture> {
    if (!existsSync(CHROMIUM))
      throw new Error(`There is no browser at ${CHROMIUM}: apt-get install chromium-headless-shell`);
    const huggingFace = await FakeHuggingFace.start({
      repos: [...CLIENT_REPOS, ...EXTERNAL_REPOS, ...repos],
      people: EXTERNAL_PROFILES,
    });
    const hub = await HubProcess.start({
      sources: [{ name: 'HuggingFace', url: huggingFace.url, source_type: 'huggingface', priority: 1 }],
      env,
    });
    const browser = await chromium.launch({ executablePath: CHROMIUM, args: [...QUIET, ...STILL, ...NAMES] });
    return new BrowserFixture(hub, huggingFace, browser);
  }

  /**
   * Creates an account with `PASSWORD`.
   * @returns an access token with write permission
   */
  async person(name: string): Promise<string> {
    await this.post('/api/auth/register', { username: name, password: PASSWORD });
    return this.tokenOf(name);
  }

  /** Creates another access token with write permission for an existing account. */
  async tokenOf(name: string): Promise<string> {
    const cookie = await this.cookieOf(name);
    const made = await this.post('/api/auth/tokens/create', { name: 'test', role: 'write' }, { cookie });
    return ((await made.json()) as { token: string }).token;
  }

  /**
   * Creates an organization as the account of the token.
   * @param members - names and roles of other members
   */
  async organization(token: string, name: string, members: Readonly<Record<string, string>>): Promise<void> {
    const headers = { authorization: `Bearer ${token}` };
    await this.post('/api/organizations/create', { name }, headers);
    for (const [member, role] of Object.entries(members))
      await this.send(
        `/api/organizations/${name}/members/${member}`,
        JSON.stringify({ role }),
        { ...headers, 'content-type': 'application/json' },
        'PUT',
      );
  }

  /**
   * Creates a repository with files as the account of the token.
   * @param id - `namespace/name`
   */
  async repository(
    token: string,
    type: 'model' | 'dataset' | 'space',
    id: string,
    files: Readonly<Record<string, string | Buffer>>,
  ): Promise<void> {
    const headers = { authorization: `Bearer ${token}` };
    const [organization, name] = id.split('/');
    const wish = { type, name, organization, ...(type === 'space' ? { sdk: 'static' } : {}) };
    await this.post('/api/repos/create', wish, headers);
    await this.commit(token, type, id, files);
  }

  /** Commits files to `main`. */
  async commit(
    token: string,
    type: 'model' | 'dataset' | 'space',
    id: string,
    files: Readonly<Record<string, string | Buffer>>,
  ): Promise<void> {
    const lines = Object.entries(files).map(([path, content]) => fileLine(path, content));
    await this.send(`/api/${type}s/${id}/commit/main`, commitBody('Add files', ...lines), {
      authorization: `Bearer ${token}`,
      'content-type': 'application/x-ndjson',
    });
  }

  /** Creates a branch from `main`. */
  async branch(token: string, type: 'model' | 'dataset' | 'space', id: string, name: string): Promise<void> {
    const address = `/api/${type}s/${id}/branch/${encodeURIComponent(name)}`;
    await this.post(address, { startingPoint: 'main' }, { authorization: `Bearer ${token}` });
  }

  /** Opens a page in a new browser context, which is closed after the test. `consoleErrors` collects its console errors. */
  async view({ theme = 'light', width = 1280, as, clock }: ViewOptions = {}): Promise<
    Page & { consoleErrors: string[] }
  > {
    const context = await this.browser.newContext({
      colorScheme: theme,
      viewport: { width, height: 900 },
      baseURL: this.hub.url,
      ignoreHTTPSErrors: true,
    });
    context.setDefaultTimeout(10_000);
    openContexts.push(context);
    if (as) {
      const [name, value] = (await this.cookieOf(as)).split('=') as [string, string];
      await context.addCookies([{ name, value, url: this.hub.url }]);
    }
    const page = Object.assign(await context.newPage(), { consoleErrors: [] as string[] });
    if (clock) await page.clock.install();
    page.on('console', (message) => {
      // Browsers log 401 (not signed in) and missing avatars as errors, but pages expect them.
      const expected = /status of 401/.test(message.text()) || /\/avatar$/.test(message.location().url);
      if (message.type() === 'error' && !expected) page.consoleErrors.push(message.text());
    });
    page.on('pageerror', (error) => page.consoleErrors.push(String(error)));
    return page;
  }

  async close(): Promise<void> {
    await this.browser.close();
    await Promise.all([this.hub.close(), this.huggingFace.close()]);
  }

  private async cookieOf(name: string): Promise<string> {
    const answer = await this.post('/api/auth/login', { username: name, password: PASSWORD });
    return answer.headers.getSetCookie()[0]!.split(';')[0]!;
  }

  private post(path: string, body: object, headers: Record<string, string> = {}): Promise<Response> {
    return this.send(path, JSON.stringify(body), { 'content-type': 'application/json', ...headers });
  }

  private async send(
    path: string,
    body: string,
    headers: Record<string, string>,
    method: 'POST' | 'PUT' = 'POST',
  ): Promise<Response> {
    const answer = await fetch(this.hub.url + path, { method, body, headers });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer;
  }
}
