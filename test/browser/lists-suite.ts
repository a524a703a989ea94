import { createImage } from '../support/test-images.js';
import type { BrowserFixture } from './browser-fixture.js';
import { accessibilityViolations, saveScreenshot, APPEARANCES, overflowsHorizontally } from './page-checks.js';

export const describeLists = (shared: () => BrowserFixture): void => {
  let fixture: BrowserFixture;

  beforeAll(async () => {
    fixture = shared();
    const token = await fixture.tokenOf('alice');
    const card = '---\nlicense: mit\npipeline_tag: text-classification\ntags: [near]\n---\n# Near\n';
    await fixture.repository(token, 'model', 'alice/near', { 'README.md': card });
    await fixture.repository(token, 'model', 'alice/other', { 'README.md': '# Other\n' });
    await fixture.repository(token, 'dataset', 'alice/rows', { 'rows.csv': 'a,b\n1,2\n' });
    const faye = await fixture.person('faye');
    for (const [language, license] of [
      ['en', 'mit'],
      ['de', 'mit'],
      ['fr', 'apache-2.0'],
    ]) {
      const metadata = `language: ${language}\nlicense: ${license}\npipeline_tag: fill-mask`;
      const files = { 'README.md': `---\n${metadata}\n---\n# Faceted\n` };
      await fixture.repository(faye, 'model', `faye/faceted-${language}`, files);
    }
    const avatar = await fetch(`${fixture.hub.url}/api/users/faye/avatar`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${faye}`, 'content-type': 'image/png' },
      body: new Uint8Array(await createImage(64, 64)),
    });
    expect(avatar.status).toBe(200);
  });

  it.each(APPEARANCES)('home lists local repositories, $theme at $width px', async (appearance) => {
    const page = await fixture.view(appearance);
    await page.goto('/');
    await page.getByRole('link', { name: 'alice/near' }).waitFor();
    await page.getByRole('link', { name: 'alice/rows' }).waitFor();
    expect(await accessibilityViolations(page)).toEqual([]);
    expect(await overflowsHorizontally(page)).toBe(false);
    expect(page.consoleErrors).toEqual([]);
    await saveScreenshot(page, `home-${appearance.theme}-${appearance.width}`);
  });

  it('home and browse pages send no requests to sources', async () => {
    const before = fixture.huggingFace.requests.length;
    const page = await fixture.view();
    await page.goto('/');
    await page.getByRole('link', { name: 'alice/near' }).waitFor();
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Models' }).click();
    await page.getByRole('link', { name: 'alice/other' }).waitFor();
    expect(fixture.huggingFace.requests.length).toBe(before);
  });

  it('a link moves the focus to the heading of the next page, and announces its title', async () => {
    const page = await fixture.view();
    await page.goto('/models');
    await page.getByRole('link', { name: 'alice/near' }).press('Enter');
    await page.getByRole('heading', { level: 1, name: 'near' }).and(page.locator(':focus')).waitFor();
    await page.locator('[aria-live=polite]', { hasText: 'alice/near' }).waitFor();
  });

  it.each(APPEARANCES)('models with external sources, $theme at $width px', async (appearance) => {
    const page = await fixture.view(appearance);
    await page.goto('/models');
    await page.getByRole('checkbox', { name: 'Include external sources' }).check();
    await page.getByRole('link', { name: 'far-ai/shown' }).waitFor();
    expect(await page.getByRole('article').filter({ hasText: 'far-ai/shown' }).getByText('HuggingFace').count()).toBe(
      1,
    );
    expect(await accessibilityViolations(page)).toEqual([]);
    expect(await overflowsHorizontally(page)).toBe(false);
    await saveScreenshot(page, `models-${appearance.theme}-${appearance.width}`);
  });

  it('keeps the choice to include external sources', async () => {
    const page = await fixture.view();
    await page.goto('/models');
    const choice = page.getByRole('checkbox', { name: 'Include external sources' });
    await choice.check();
    await page.getByRole('link', { name: 'far-ai/shown' }).waitFor();
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Datasets' }).click();
    await page.getByRole('heading', { level: 1, name: 'Datasets' }).waitFor();
    expect(await choice.isChecked()).toBe(true);
    await page.goto('/models');
    await page.getByRole('link', { name: 'far-ai/shown' }).waitFor();
    await choice.uncheck();
    await page.getByRole('link', { name: 'far-ai/shown' }).waitFor({ state: 'detached' });
    await page.goto('/spaces');
    await choice.waitFor();
    expect(await choice.isChecked()).toBe(false);
  });

  it('searches, filters by tag and task, and reports when nothing matches', async () => {
    const page = await fixture.view();
    await page.goto('/models');
    await page.getByRole('link', { name: 'alice/other' }).waitFor();
    await page.getByRole('textbox', { name: 'Tag' }).fill('near');
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: 'alice/other' }).waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'alice/near' }).waitFor();
    await page.getByRole('link', { name: 'Remove filter near' }).click();
    await page.getByRole('link', { name: 'alice/other' }).waitFor();
    await page.getByRole('region', { name: 'Task' }).getByRole('link', { name: 'text classification' }).click();
    await page.getByRole('link', { name: 'alice/other' }).waitFor({ state: 'detached' });
    await page.getByRole('textbox', { name: 'Search' }).fill('no-such-model');
    await page.keyboard.press('Enter');
    await page.getByText('No results match your filters').waitFor();
    expect(new URL(page.url()).searchParams.get('search')).toBe('no-such-model');
  });

  it.each(APPEARANCES)('counts and selects facets, $theme at $width px', async (appearance) => {
    const page = await fixture.view(appearance);
    await page.goto('/models?search=faceted');
    await page.getByRole('link', { name: 'faye/faceted-en' }).waitFor();
    if (appearance.width < 768) await page.getByRole('button', { name: 'Filters' }).click();
    const facet = (title: string) => page.getByRole('region', { name: title }).getByRole('link');
    await facet('License').filter({ hasText: 'mit' }).getByText('2', { exact: true }).waitFor();
    await facet('Language').filter({ hasText: 'German' }).click();
    await page.getByRole('link', { name: 'faye/faceted-en' }).waitFor({ state: 'detached' });
    await facet('License').filter({ hasText: 'mit' }).getByText('1', { exact: true }).waitFor();
    await facet('License').filter({ hasText: 'mit' }).click();
    await page.waitForURL(/\?search=faceted&language=de&license=license:mit$/);
    await page.getByRole('link', { name: 'Remove filter German' }).waitFor();
    expect(await accessibilityViolations(page)).toEqual([]);
    expect(await overflowsHorizontally(page)).toBe(false);
    await saveScreenshot(page, `facets-${appearance.theme}-${appearance.width}`);
    await page.getByRole('link', { name: 'Clear all' }).click();
    await page.waitForURL(/\/models$/);
    await page.getByRole('link', { name: 'faye/faceted-en' }).waitFor();
  });

  it('shows the avatars of authors, and keeps the sort order', async () => {
    const page = await fixture.view();
    await page.goto('/models');
    await page.getByLabel('Sort').selectOption('createdAt');
    await page.waitForURL(/\?sort=createdAt$/);
    await page.goto('/models?search=faceted');
    expect(await page.getByLabel('Sort').inputValue()).toBe('createdAt');
    const row = page.getByRole('article').filter({ hasText: 'faye/faceted-en' });
    await row.locator('img[src*="/api/avatars/faye?v="]').waitFor();
    expect(page.consoleErrors).toEqual([]);
  });

  it('unknown pages show "Page not found", unknown API paths return JSON', async () => {
    const page = await fixture.view();
    await page.goto('/no/such/page/at/all');
    await page.getByText('Page not found').waitFor();
    for (const path of [
      '/api/nothing',
      '/alice/near/resolve/main/no.txt',
      '/alice/near/raw/main/no',
      '/a/b.git/x',
      '/v2/x',
    ]) {
      const answer = await fetch(fixture.hub.url + path, { headers: { accept: 'text/html' } });
      expect([path, answer.status, answer.headers.get('content-type')]).toEqual([
        path,
        404,
        expect.stringContaining('json'),
      ]);
    }
  });
};
