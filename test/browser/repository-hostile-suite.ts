import type { Page } from 'playwright-core';
import type { BrowserFixture } from './browser-fixture.js';
import { imageWidth } from './page-checks.js';

/** Untrusted repository content must neither run nor send requests to other hosts. */
export const describeHostile = (shared: () => BrowserFixture): void => {
  let fixture: BrowserFixture;

  beforeAll(() => {
    fixture = shared();
  });

  /** Opens a page that records and blocks all requests to other hosts. */
  async function openMonitored(): Promise<Page & { externalRequests: string[] }> {
    const page = Object.assign(await fixture.view({ as: 'alice' }), { externalRequests: [] as string[] });
    await page.context().route(
      (url) => url.origin !== fixture.hub.url,
      (route) => {
        page.externalRequests.push(route.request().url());
        return route.abort();
      },
    );
    return page;
  }

  const hacked = (page: Page): Promise<unknown> => page.evaluate('window.hacked');

  it('its card runs no scripts, sends no requests and cannot cover the page', async () => {
    const page = await openMonitored();
    await page.goto('/alice/hostile');
    const card = page.getByRole('region', { name: 'Card' });
    await card.getByRole('heading', { name: 'Hostile' }).waitFor();
    for (const name of ['a link that runs', 'data']) await card.getByText(name, { exact: true }).click();
    expect(await hacked(page)).toBeUndefined();
    expect(new URL(page.url()).pathname).toBe('/alice/hostile');
    expect(page.context().pages()).toHaveLength(1);

    const BAD =
      'script,style,iframe,form,input,button:not(.markdown-copy),object,embed,base,meta,link,svg:not(.markdown-copy svg),[style*="position"],[style*="inset"],[style*="z-index"],[style*="url"],[style*="-9"],[class*="fixed"]';
    expect(await card.locator('.markdown').locator(BAD).count()).toBe(0);
    expect(
      await page.evaluate(
        `[...document.querySelectorAll('.markdown *')].flatMap((element) => element.getAttributeNames()).filter((name) => name.startsWith('on'))`,
      ),
    ).toEqual([]);
    expect(await card.locator('a[href^="javascript"], a[href^="data"]').count()).toBe(0);

    const curtain = (await card.getByText('a curtain').boundingBox())!;
    const box = (await card.boundingBox())!;
    expect(curtain.y).toBeGreaterThan(box.y);
    expect(curtain.height).toBeLessThan(100);
    expect(
      await page.evaluate(`document.getElementById('main').tagName + document.getElementById('app').tagName`),
    ).toBe('MAINDIV');
    expect(await page.evaluate(`typeof document.getElementById + typeof window.location.href`)).toBe('functionstring');
    expect(page.externalRequests).toEqual([]);
  });

  it('its SVG runs no scripts in a page', async () => {
    const page = await openMonitored();
    await page.goto('/alice/hostile/blob/main/drawing.svg');
    expect(await imageWidth(page, 'drawing.svg')).toBe(40);
    expect(await hacked(page)).toBeUndefined();
    expect(page.externalRequests).toEqual([]);
  });

  it.each(['drawing.svg', 'page.html'])(
    '%s is downloaded when opened directly, with headers that prevent scripts',
    async (file) => {
      const page = await openMonitored();
      await page.goto('/alice/hostile');
      const download = page.waitForEvent('download');
      await page.goto(`/alice/hostile/resolve/main/${file}`).catch(() => undefined);
      expect((await download).suggestedFilename()).toBe(file);
      expect(new URL(page.url()).pathname).toBe('/alice/hostile');
      const { headers } = await fetch(`${fixture.hub.url}/alice/hostile/resolve/main/${file}`);
      expect(headers.get('content-disposition')).toMatch(/^attachment;/);
      expect(headers.get('content-security-policy')).toBe("default-src 'none'; sandbox");
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('content-type')).not.toMatch(/html/);
    },
  );

  it('framed or embedded files run no scripts', async () => {
    const page = await openMonitored();
    await page.goto('/alice/hostile');
    await page.evaluate(`for (const file of ['drawing.svg', 'page.html']) {
      const frame = document.createElement('iframe');
      frame.src = '/alice/hostile/resolve/main/' + file;
      document.body.append(frame);
    }`);
    await page.evaluate(`new Promise((done) => {
      const script = document.createElement('script');
      script.src = '/alice/hostile/resolve/main/page.html';
      script.onerror = script.onload = done;
      document.body.append(script);
    })`);
    expect(await hacked(page)).toBeUndefined();
    expect(
      await page.evaluate(
        `Array.from({ length: frames.length }, (_, index) => frames[index]).map((frame) => { try { return frame.hacked } catch { return undefined } })`,
      ),
    ).toEqual([undefined, undefined]);
  });

  it('HTML files are shown as text', async () => {
    const page = await openMonitored();
    await page.goto('/alice/hostile/blob/main/page.html');
    await page.getByRole('region', { name: 'Text of page.html' }).getByText('<script>').waitFor();
    expect(await hacked(page)).toBeUndefined();
  });
};
