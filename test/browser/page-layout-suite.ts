import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import { request } from 'undici';
import type { BrowserFixture } from './browser-fixture.js';

const WEB = resolve(import.meta.dirname, '../../dist/web');
const MAX_INITIAL_JS_BYTES = 250_000;

export const describePageLayout = (shared: () => BrowserFixture): void => {
  let fixture: BrowserFixture;

  beforeAll(() => {
    fixture = shared();
  });

  it('every page initially loads less than 250 kB of compressed JavaScript', async () => {
    const page = await fixture.view();
    const scripts: string[] = [];
    page.on('response', (answer) => {
      if (/\/assets\/.*\.js$/.test(answer.url())) scripts.push(new URL(answer.url()).pathname);
    });
    const compressedSize = (): number =>
      [...new Set(scripts)].reduce((sum, path) => sum + gzipSync(readFileSync(join(WEB, path))).length, 0);
    for (const path of ['/', '/models', '/admin', '/login', '/far-ai/shown', '/far-ai/shown/tree/main']) {
      scripts.length = 0;
      await page.goto(path, { waitUntil: 'networkidle' });
      expect([path, compressedSize() < MAX_INITIAL_JS_BYTES]).toEqual([path, true]);
    }
  });

  it('hashed assets are cached forever, all others are revalidated', async () => {
    const document = await fetch(fixture.hub.url, { headers: { accept: '*/*' } }); // as monitors and link previews send it
    const script = /src="(\/assets\/index-[^"]+\.js)"/.exec(await document.text())![1]!;
    expect(document.headers.get('cache-control')).toBe('no-cache');
    expect((await fetch(fixture.hub.url + script)).headers.get('cache-control')).toContain('immutable');
    expect((await fetch(`${fixture.hub.url}/assets/theme.js`)).headers.get('cache-control')).toBe('no-cache');
    expect((await fetch(`${fixture.hub.url}/assets/no-such-thing.js`)).status).toBe(404);
  });

  it.each([
    ['br', 'br', brotliDecompressSync],
    ['gzip, deflate', 'gzip', gunzipSync],
    ['br;q=0, gzip', 'gzip', gunzipSync],
    ['identity', undefined, (content: Buffer) => content],
  ])('assets are compressed for clients that accept %s', async (accepted, encoding, decode) => {
    const script = readdirSync(join(WEB, 'assets')).find((name) => /^index-.*\.js$/.test(name))!;
    const { statusCode, headers, body } = await request(`${fixture.hub.url}/assets/${script}`, {
      headers: { 'accept-encoding': accepted },
    });
    const content = decode(Buffer.from(await body.arrayBuffer()));
    expect([statusCode, headers['content-encoding'], headers['vary'], headers['content-type']]).toEqual([
      200,
      encoding,
      expect.stringContaining('Accept-Encoding'),
      'text/javascript; charset=utf-8',
    ]);
    expect(headers['cache-control']).toContain('immutable');
    expect(content.equals(readFileSync(join(WEB, 'assets', script)))).toBe(true);
  });

  it('blocks inline scripts and framing', async () => {
    const policy = (await fetch(fixture.hub.url, { headers: { accept: 'text/html' } })).headers.get(
      'content-security-policy',
    );
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
    const page = await fixture.view();
    await page.goto('/');
    await page.evaluate(`{
      const script = document.createElement('script');
      script.textContent = 'window.intruder = true';
      document.body.append(script);
    }`);
    expect(await page.evaluate('window.intruder')).toBeUndefined();
  });

  it('applies the saved theme before the first paint', async () => {
    const page = await fixture.view({ theme: 'light' });
    await page.goto('/');
    await page.getByRole('button', { name: 'Switch to dark theme' }).click();
    await page.reload({ waitUntil: 'commit' });
    await page.getByRole('button', { name: 'Switch to light theme' }).waitFor();
    expect(await page.evaluate('document.documentElement.dataset.theme')).toBe('dark');
  });

  it('has a header of full width, also while a menu is open', async () => {
    const page = await fixture.view({ as: 'alice' });
    await page.goto('/');
    const menu = page.getByRole('button', { name: 'Account menu for alice' });
    await menu.waitFor();
    const edges = (): Promise<unknown> =>
      page.evaluate(`[innerWidth, document.querySelector('header').getBoundingClientRect().right]`);
    expect(await edges()).toEqual([1280, 1280]);
    await menu.click();
    await page.getByRole('menuitem', { name: 'Settings' }).waitFor();
    expect(await edges()).toEqual([1280, 1280]);
  });

  it('can be used with the keyboard', async () => {
    const page = await fixture.view({ as: 'alice' });
    await page.goto('/');
    const menu = page.getByRole('button', { name: 'Account menu for alice' });
    await menu.waitFor();
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent.trim()')).toBe('Skip to content');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.id')).toBe('main');
    await menu.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('menuitem', { name: 'Settings' }).waitFor();
    await page.keyboard.press('Escape');
    expect(await menu.evaluate((element) => element === document.activeElement)).toBe(true);
  });

  it('signs out and ends the session', async () => {
    const page = await fixture.view({ as: 'alice' });
    await page.goto('/models');
    await page.getByRole('button', { name: 'Account menu for alice' }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByRole('link', { name: 'Sign in' }).waitFor();
    expect((await page.request.get('/api/auth/me')).status()).toBe(401);
  });
};
