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
  });

  it.each(APPEARANCES)('home, $theme at $width px, shows the hub’s own and nothing in the way', async (look) => {
    const page = await fixture.view(look);
    await page.goto('/');
    await page.getByRole('link', { name: 'alice/near' }).waitFor();
    await page.getByRole('link', { name: 'alice/rows' }).waitFor();
    expect(await accessibilityViolations(page)).toEqual([]);
    expect(await overflowsHorizontally(page)).toBe(false);
    expect(page.complaints).toEqual([]);
    await saveScreenshot(page, `home-${look.theme}-${look.width}`);
  });

  it('asks no source for home and for browsing', async () => {
    const before = fixture.far.requests.length;
    const page = await fixture.view();
    await page.goto('/');
    await page.getByRole('link', { name: 'alice/near' }).waitFor();
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Models' }).click();
    await page.getByRole('link', { name: 'alice/other' }).waitFor();
    expect(fixture.far.requests.length).toBe(before);
  });

  it.each(APPEARANCES)('models, $theme at $width px, with those of the sources', async (look) => {
    const page = await fixture.view(look);
    await page.goto('/models');
    await page.getByRole('checkbox', { name: 'Include external sources' }).check();
    await page.getByRole('link', { name: 'far-ai/shown' }).waitFor();
    expect(await page.getByRole('article').filter({ hasText: 'far-ai/shown' }).getByText('HuggingFace').count()).toBe(
      1,
    );
    expect(await accessibilityViolations(page)).toEqual([]);
    expect(await overflowsHorizontally(page)).toBe(false);
    await saveScreenshot(page, `models-${look.theme}-${look.width}`);
  });

  it('searches, filters by tag and task, and says when nothing fits', async () => {
    const page = await fixture.view();
    await page.goto('/models');
    await page.getByRole('link', { name: 'alice/other' }).waitFor();
    await page.getByRole('textbox', { name: 'Tag' }).fill('near');
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: 'alice/other' }).waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'alice/near' }).waitFor();
    await page.getByRole('button', { name: 'Remove filter near' }).click();
    await page.getByRole('link', { name: 'alice/other' }).waitFor();
    await page.getByLabel('Task').selectOption('text-classification');
    await page.getByRole('link', { name: 'alice/other' }).waitFor({ state: 'detached' });
    await page.getByRole('searchbox').fill('nothing-is-called-so');
    await page.keyboard.press('Enter');
    await page.getByText('No results match your filters').waitFor();
    expect(new URL(page.url()).searchParams.get('search')).toBe('nothing-is-called-so');
  });

  it('answers unknown addresses with its own page, and interfaces never with one', async () => {
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
