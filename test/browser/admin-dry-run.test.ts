import type { Locator } from 'playwright-core';
import { expectRecoveryAfterRetry } from './admin-outage.js';
import { AdminFixture, type AdminPage } from './admin-fixture.js';
import type { ViewOptions } from './browser-fixture.js';
import { accessibilityViolations, saveScreenshot, APPEARANCES, overflowsHorizontally } from './page-checks.js';

interface Stored {
  readonly name: string;
  readonly enabled: boolean;
}

describe('admin: dry run', () => {
  let admin: AdminFixture;
  beforeAll(async () => {
    admin = await AdminFixture.start();
    const token = await admin.fixture.person('alice');
    await admin.fixture.repository(token, 'model', 'alice/near', { 'README.md': '# Near\n' });
  }, 60_000);
  afterAll(() => admin.close());
  beforeEach(async () => {
    await admin.reset();
    await admin.api('DELETE', '/fallback-sources/cache/clear');
  });

  const enabled = async (): Promise<string[]> =>
    (await admin.api<Stored[]>('GET', '/fallback-sources')).filter((item) => item.enabled).map(({ name }) => name);
  const cacheSize = async (): Promise<number> =>
    (await admin.api<{ size: number }>('GET', '/fallback-sources/cache/stats')).size;
  const attempts = (page: AdminPage): Locator =>
    page.getByRole('list', { name: 'Sources in the order they were tried' }).getByRole('listitem');
  const triedSources = (page: AdminPage): Promise<string[]> =>
    attempts(page).locator('span.font-medium.break-words').allTextContents();
  const answer = async (page: AdminPage, title: string): Promise<string> =>
    (await page.locator('dl > div').filter({ hasText: title }).locator('dd').first().innerText()).replace(/\s+/g, ' ');
  const open = async (appearance: ViewOptions = {}): Promise<AdminPage> => {
    const page = await admin.open('/admin/chain-tester', appearance);
    await page.getByText('Request', { exact: true }).waitFor();
    return page;
  };
  const run = async (page: AdminPage, repo: string, operation = 'info'): Promise<void> => {
    await page.getByLabel('Operation').selectOption(operation);
    await page.getByLabel('Repository').fill(repo);
    await page.getByRole('button', { name: 'Run' }).click();
    await page.getByText(`${repo}, ${operation}`).waitFor();
    await page.locator('[aria-live=polite][aria-busy=false]').waitFor();
  };

  it('marks missing fields', async () => {
    const page = await open();
    await page.getByLabel('Revision').fill(' ');
    await page.getByLabel('File').fill('');
    await page.getByRole('button', { name: 'Run' }).click();
    for (const label of ['Repository', 'Revision', 'File'])
      expect([label, await page.getByLabel(label).getAttribute('aria-invalid')]).toEqual([label, 'true']);
    expect(await page.getByRole('alert').allTextContents()).toEqual(['Required', 'Required', 'Required']);
  });

  it('shows the sources tried, their responses and the resulting binding without creating it', async () => {
    const page = await open();
    await run(page, 'team/model');
    expect(await triedSources(page)).toEqual(['HuggingFace', 'Team hub']);
    await attempts(page).nth(0).getByText('Not found', { exact: true }).waitFor();
    await attempts(page).nth(0).getByText('401').waitFor();
    await attempts(page).nth(1).getByText('Used', { exact: true }).waitFor();
    await attempts(page).nth(1).getByText('200').waitFor();
    expect(await answer(page, 'Response to the client')).toBe('200');
    expect(await answer(page, 'Would be cached as')).toBe('Team hub');
    await page.getByText('Lost hub skipped: found in Team hub').waitFor();
    await page.getByText('Silent hub skipped: disabled').waitFor();
    expect(await cacheSize()).toBe(0);
    const bars = await page.locator('ol [aria-hidden=true] > span').all();
    const [first, second] = await Promise.all(bars.map((bar) => bar.boundingBox()));
    expect(second!.x).toBeGreaterThan(first!.x);
    await attempts(page).nth(1).getByText('Details').click();
    await attempts(page).nth(1).getByText(`GET ${admin.upstreams['Team hub']!.url}/api/models/team/model`).waitFor();
    expect(await accessibilityViolations(page)).toEqual([]);
    expect(page.consoleErrors).toEqual([]);
  });

  it.each(APPEARANCES)('is accessible, $theme at $width px', async (appearance) => {
    const page = await open(appearance);
    await run(page, 'nowhere/nothing');
    expect(await accessibilityViolations(page)).toEqual([]);
    expect(await overflowsHorizontally(page)).toBe(false);
    await saveScreenshot(page, `admin-dry-run-${appearance.theme}-${appearance.width}`);
  });

  it('shows the error that a client gets when all sources fail', async () => {
    const page = await open();
    await run(page, 'nowhere/nothing');
    expect(await triedSources(page)).toEqual(['HuggingFace', 'Team hub', 'Lost hub', 'Broken hub']);
    await attempts(page).nth(3).getByText('Server error', { exact: true }).waitFor();
    const client = await admin.sendRequest('/api/models/nowhere/nothing');
    expect(await answer(page, 'Response to the client')).toContain(`${client.status}`);
    expect(await answer(page, 'Response to the client')).toContain(client.headers.get('x-error-code') ?? '');
    expect(await answer(page, 'Would be cached as')).toBe('None');
  });

  it('shows existing bindings and local repositories', async () => {
    await admin.sendRequest('/api/models/team/model');
    const page = await open();
    await run(page, 'team/model');
    await page.getByText('Cached as Team hub').waitFor();
    await run(page, 'alice/near');
    await page.getByText('Found on this hub').waitFor();
  });

  it('resolves user profiles', async () => {
    const page = await open();
    await page.getByLabel('Operation').selectOption('userProfile');
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('mia');
    await page.getByRole('button', { name: 'Run' }).click();
    await attempts(page).nth(0).getByText('Used', { exact: true }).waitFor();
    expect(await triedSources(page)).toEqual(['HuggingFace']);
    expect(await answer(page, 'Response to the client')).toBe('200');
  });

  it('runs against draft sources and applies them', async () => {
    const page = await open();
    await page.getByLabel('Draft sources').check();
    const row = (name: string): Locator => page.getByRole('row').filter({ hasText: name });
    await row('Team hub').getByRole('switch').click();
    await row('Silent hub').getByRole('switch').click();
    await page.getByText('Draft modified').waitFor();
    await run(page, 'team/model');
    expect(await triedSources(page)).toEqual(['HuggingFace', 'Lost hub', 'Broken hub', 'Silent hub']);
    await attempts(page).nth(3).getByText('Timed out', { exact: true }).waitFor();
    await page.getByText('Team hub skipped: disabled').waitFor();
    expect(await enabled()).toEqual(['HuggingFace', 'Team hub', 'Lost hub', 'Broken hub']);

    await page.getByRole('button', { name: 'Apply…' }).click();
    await page.getByRole('button', { name: 'Replace all sources' }).click();
    await page.getByText('Draft applied', { exact: true }).waitFor();
    expect(await enabled()).toEqual(['HuggingFace', 'Lost hub', 'Broken hub', 'Silent hub']);
    expect(await page.getByText('Draft modified').count()).toBe(0);
    expect(page.consoleErrors).toEqual([]);
  });

  it('discards a draft', async () => {
    const page = await open();
    await page.getByLabel('Draft sources').check();
    const lost = page.getByRole('row').filter({ hasText: 'Lost hub' }).getByRole('switch');
    await lost.click();
    await page.getByRole('button', { name: 'Discard draft' }).click();
    await page.getByText('Draft modified').waitFor({ state: 'detached' });
    expect(await lost.getAttribute('aria-checked')).toBe('true');
  });

  it('reports an unreachable hub and recovers on retry', async () => {
    await expectRecoveryAfterRetry(await open(), {
      path: '/admin/chain-tester',
      addresses: '**/admin/api/fallback-sources',
      answered: 'Request',
    });
  });
});
