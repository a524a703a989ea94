import { existsSync } from 'node:fs';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { CLIENT_REPOS } from '../clients/client-repos.js';
import { commitBody, fileLine } from '../support/commit-body.js';
import { FakeHuggingFace } from '../support/fake-huggingface.js';
import type { FakeRepoSpec } from '../support/fake-repo.js';
import { HubProcess } from '../support/hub-process.js';
import { EXTERNAL_PROFILES, EXTERNAL_REPOS } from './external-content.js';

/** Debian's. The shell is the same engine without a browser's own windows, which nobody sees here. */
const PROGRAMS = ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium'] as const;
const CHROMIUM = process.env['CHROMIUM_PATH'] ?? PROGRAMS.find((path) => existsSync(path)) ?? PROGRAMS[0];
const QUIET = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'];
const STILL = ['--disable-background-networking', '--disable-component-update'];

/** Everybody's password. */
export const PASSWORD = 'correct horse battery';

export interface ViewOptions {
  readonly theme?: 'light' | 'dark';
  /** Of the window, in CSS pixels. */
  readonly width?: number;
  /** An account of the hub that is signed in already. */
  readonly as?: string;
  /** Time on the page can be moved on (`page.clock`), for what it asks every few seconds. */
  readonly clock?: boolean;
}

/** Windows are closed after the test that opened them: a page that nobody looks at any more goes on asking and drawing. */
const windows: BrowserContext[] = [];
afterEach(async () => {
  await Promise.all(windows.splice(0).map((window) => window.close()));
});

/** The real hub process with its built pages, a scripted hub behind it, and Chromium in front. */
export class BrowserFixture {
  private constructor(
    readonly hub: HubProcess,
    readonly far: FakeHuggingFace,
    private readonly browser: Browser,
  ) {}

  /** @param repos what the far hub holds besides the usual */
  static async start(repos: readonly FakeRepoSpec[] = [], env: Record<string, string> = {}): Promise<BrowserFixture> {
    if (!existsSync(CHROMIUM))
      throw new Error(`There is no browser at ${CHROMIUM}: apt-get install chromium-headless-shell`);
    const far = await FakeHuggingFace.start({
      repos: [...CLIENT_REPOS, ...EXTERNAL_REPOS, ...repos],
      people: EXTERNAL_PROFILES,
    });
    const hub = await HubProcess.start({
      sources: [{ name: 'HuggingFace', url: far.url, source_type: 'huggingface', priority: 1 }],
      env,
    });
    const browser = await chromium.launch({ executablePath: CHROMIUM, args: [...QUIET, ...STILL] });
    return new BrowserFixture(hub, far, browser);
  }

  /** Makes an account, with `PASSWORD`. @returns an access token that may write */
  async person(name: string): Promise<string> {
    await this.post('/api/auth/register', { username: name, password: PASSWORD });
    return this.tokenOf(name);
  }

  /** One more access token of an account that is there already, also with the right to write. */
  async tokenOf(name: string): Promise<string> {
    const cookie = await this.cookieOf(name);
    const made = await this.post('/api/auth/tokens/create', { name: 'test', role: 'write' }, { cookie });
    return ((await made.json()) as { token: string }).token;
  }

  /** Makes an organization of the token's account. @param members names and roles of further ones */
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

  /** Makes a repository of the token's account, with files. @param id `namespace/name` */
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
    const lines = Object.entries(files).map(([path, content]) => fileLine(path, content));
    await this.send(`/api/${type}s/${id}/commit/main`, commitBody('Add files', ...lines), {
      ...headers,
      'content-type': 'application/x-ndjson',
    });
  }

  /** Makes a branch of `main`. */
  async branch(token: string, type: 'model' | 'dataset' | 'space', id: string, name: string): Promise<void> {
    const address = `/api/${type}s/${id}/branch/${encodeURIComponent(name)}`;
    await this.post(address, { startingPoint: 'main' }, { authorization: `Bearer ${token}` });
  }

  /** A fresh window, until the test ends. Whatever it complains about on its console is kept in `complaints`. */
  async view({ theme = 'light', width = 1280, as, clock }: ViewOptions = {}): Promise<Page & { complaints: string[] }> {
    const context = await this.browser.newContext({
      colorScheme: theme,
      viewport: { width, height: 900 },
      baseURL: this.hub.url,
    });
    context.setDefaultTimeout(10_000);
    windows.push(context);
    if (as) {
      const [name, value] = (await this.cookieOf(as)).split('=') as [string, string];
      await context.addCookies([{ name, value, url: this.hub.url }]);
    }
    const page = Object.assign(await context.newPage(), { complaints: [] as string[] });
    if (clock) await page.clock.install();
    page.on('console', (message) => {
      // That nobody is signed in, or that an account has no avatar, is an answer too.
      const expected = /status of 401/.test(message.text()) || /\/avatar$/.test(message.location().url);
      if (message.type() === 'error' && !expected) page.complaints.push(message.text());
    });
    page.on('pageerror', (error) => page.complaints.push(String(error)));
    return page;
  }

  async close(): Promise<void> {
    await this.browser.close();
    await Promise.all([this.hub.close(), this.far.close()]);
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
