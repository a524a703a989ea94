import type { Locator } from 'playwright-core';
import { expectRecoveryAfterRetry } from './admin-outage.js';
import { expectEventually, advanceClockUntil, type AdminPage, type AdminFixture } from './admin-fixture.js';
import { accessibilityViolations } from './page-checks.js';

interface Stats {
  readonly size: number;
  readonly hits: number;
  readonly misses: number;
  readonly ttl_seconds: number;
}

export const describeCache = (shared: () => AdminFixture): void => {
  let admin: AdminFixture;
  beforeAll(() => {
    admin = shared();
  });

  const CACHE = '/fallback-sources/cache';
  const clear = () => admin.api('DELETE', `${CACHE}/clear`);
  const stats = (): Promise<Stats> => admin.api<Stats>('GET', `${CACHE}/stats`);
  const size = async (): Promise<number> => (await stats()).size;
  beforeEach(clear);

  const figure = (page: AdminPage, title: string): Locator =>
    page.locator('dl > div').filter({ has: page.getByText(title, { exact: true }) });
  const expectFigure = (page: AdminPage, title: string, text: string): Promise<void> =>
    figure(page, title).getByText(text, { exact: true }).waitFor();
  const open = async (): Promise<AdminPage> => {
    const page = await admin.open('/admin/cache', { clock: true });
    await figure(page, 'Size').waitFor();
    return page;
  };

  it('shows an empty cache with its capacity and TTL', async () => {
    const page = await open();
    await expectFigure(page, 'Size', '0');
    await figure(page, 'Size').getByText('of 10,000, 0% used').waitFor();
    await expectFigure(page, 'TTL', `${(await stats()).ttl_seconds} s`);
    await expectFigure(page, 'Backend', 'In this process');
    const gauge = page.getByRole('meter', { name: 'Usage' });
    expect(await gauge.getAttribute('aria-valuemax')).toBe('10000');
    expect(await gauge.getAttribute('aria-valuenow')).toBe('0');
    expect(page.consoleErrors).toEqual([]);
  });

  it('updates figures and chart as the hub looks up repositories', async () => {
    const page = await open();
    await advanceClockUntil(page, page.getByText('Collecting data while this page is open'), 'gone');
    const before = await stats();
    await admin.sendRequest('/api/models/far-ai/shown');
    for (let n = 0; n < 3; n++) await admin.sendRequest('/api/models/far-ai/shown');
    const now = await stats();
    expect(now.hits).toBe(before.hits + 3);
    await advanceClockUntil(page, figure(page, 'Size').getByText('1', { exact: true }));
    expect(await page.getByRole('meter', { name: 'Usage' }).getAttribute('aria-valuenow')).toBe('1');
    await figure(page, 'Hit rate').getByText(`${now.hits} hits, `).waitFor();
    await page.getByText('Show as table').click();
    const share = (now.hits - before.hits) / (now.hits - before.hits + now.misses - before.misses);
    await page
      .getByRole('cell', { name: `${Number((share * 100).toFixed(1))}%` })
      .first()
      .waitFor();
    expect(await accessibilityViolations(page)).toEqual([]);
  });

  it('clears the cache after confirmation', async () => {
    await admin.sendRequest('/api/models/far-ai/shown');
    const page = await open();
    await expectFigure(page, 'Size', '1');
    await page.getByRole('button', { name: 'Clear cache' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel' }).click();
    expect(await size()).toBe(1);
    await page.getByRole('button', { name: 'Clear cache' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Clear cache' }).click();
    await page.getByRole('alertdialog').waitFor({ state: 'detached' });
    await expectFigure(page, 'Size', '0');
    expect(await size()).toBe(0);
  });

  it('evicts one repository and keeps the others', async () => {
    await admin.sendRequest('/api/models/far-ai/shown');
    await admin.sendRequest('/api/models/team/model');
    expect(await size()).toBe(2);
    const page = await open();
    const field = page.getByLabel('Repository');
    const evict = page.getByRole('button', { name: 'Evict' });
    await evict.click();
    await page.getByRole('alert').getByText('Required').waitFor();
    await field.fill('far ai/shown');
    await page.getByRole('alert').getByText('Enter an ID such as openai-community/gpt2 or gpt2').waitFor();
    await field.fill('far-ai/shown');
    await evict.click();
    await page.getByText('Evicted 1 entry for far-ai/shown', { exact: true }).waitFor();
    await expectFigure(page, 'Size', '1');
    expect(await size()).toBe(1);
    await evict.click();
    await page.getByText('No cached entry for far-ai/shown', { exact: true }).waitFor();
    await field.fill('gpt2');
    await field.press('Enter');
    await page.getByText('No cached entry for gpt2', { exact: true }).waitFor();
    await expectEventually(size, 1);
    expect(page.consoleErrors).toEqual([]);
  });

  it('reports an unreachable hub and recovers on retry', async () => {
    await expectRecoveryAfterRetry(await open(), {
      path: '/admin/cache',
      addresses: '**/fallback-sources/cache/stats',
      answered: 'Evict a repository',
    });
  });
};
