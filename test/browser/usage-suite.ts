import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { PrefixProxy } from '../support/prefix-proxy.js';
import { PASSWORD, type BrowserFixture } from './browser-fixture.js';
import { layoutShift, observeLayoutShifts } from './layout-shift.js';
import { accessibilityViolations, APPEARANCES, overflowsHorizontally, saveScreenshot } from './page-checks.js';

const MANAGE = '/settings/organizations/acme';

/** The pages of usage and of the audit log: of a repository, an organization and the hub. */
export const describeUsage = (shared: () => BrowserFixture): void => {
  let fixture: BrowserFixture;
  let proxy: PrefixProxy;
  const today = new Date().toISOString().slice(0, 10);

  beforeAll(async () => {
    fixture = shared();
    proxy = await PrefixProxy.start(fixture.hub.url);
    const token = await fixture.tokenOf('alice');
    await fixture.repository(token, 'model', 'acme/used', { 'weights.bin': Buffer.alloc(4000, 1) });
    const callers: Record<string, string>[] = [{ authorization: `Bearer ${token}` }, {}];
    for (const headers of callers)
      await (await fetch(`${fixture.hub.url}/acme/used/resolve/main/weights.bin`, { headers })).arrayBuffer();
  });
  afterAll(() => proxy?.stop());

  const saved = async (page: Page, button: string): Promise<[string, string]> => {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: button, exact: true }).click(),
    ]);
    return [download.suggestedFilename(), await readFile(await download.path(), 'utf8')];
  };

  it('shows downloads of a repository by day, person and source to its owner', async () => {
    const page = await fixture.view({ as: 'alice' });
    await page.goto('/acme/used');
    await page.getByRole('navigation', { name: 'Repository' }).getByRole('link', { name: 'Usage' }).click();
    await page.getByText('8.00 kB').first().waitFor();
    const people = page.getByRole('table', { name: 'By person' });
    await people.getByRole('row', { name: 'alice 1 4.00 kB 1' }).waitFor();
    await people.getByRole('row', { name: 'Anonymous 1 4.00 kB 1' }).waitFor();
    await page.getByRole('table', { name: 'By source' }).getByRole('row', { name: 'This hub 2 8.00 kB 2' }).waitFor();

    const chart = page.getByRole('figure', { name: 'Downloads per day' });
    await chart.getByText('Show as table').click();
    await chart.getByRole('row', { name: `${today} 2` }).waitFor();
    expect(await chart.getByRole('row').count()).toBe(31); // 30 days and the header
    await page.getByRole('group', { name: 'Period' }).getByRole('button', { name: '7 days' }).click();
    await chart.getByRole('row').nth(8).waitFor({ state: 'detached' });
    expect(await chart.getByRole('row').count()).toBe(8);

    expect(await saved(page, 'Download CSV by person')).toEqual([
      expect.stringMatching(/^usage-by-person-.*\.csv$/),
      'person,downloads,bytes,people\r\n"alice",1,4000,1\r\n"anonymous",1,4000,1\r\n',
    ]);
    await page.getByLabel('First day').fill('2026-01-05');
    await page.getByLabel('Last day').fill('2026-01-06');
    await page.getByText('No downloads in this period.').first().waitFor();
    expect(page.consoleErrors).toEqual([]);
  });

  it('hides the usage of a repository from other users', async () => {
    const page = await fixture.view({ as: 'bob' });
    await page.goto('/acme/used/settings/usage');
    await page.getByText('You don’t have access to this page').waitFor();
    expect(await page.getByRole('link', { name: 'Usage' }).count()).toBe(0);
  });

  it('shows the usage and the audit log of an organization to its admins, under a path prefix', async () => {
    const page = await fixture.view();
    await page.goto(`${proxy.url}/login`);
    await page.getByLabel('Username').fill('alice');
    await page.getByLabel(/^Password/).fill(PASSWORD);
    await page.getByRole('main').getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('button', { name: 'Account menu for alice' }).waitFor();
    await page.goto(`${proxy.url}${MANAGE}`);
    const pages = page.getByRole('navigation', { name: 'Settings of acme' });
    await pages.getByRole('link', { name: 'Usage' }).click();
    await page.waitForURL(`${proxy.url}${MANAGE}/usage`);
    const repositories = page.getByRole('table', { name: 'By repository' });
    await repositories.getByRole('row', { name: 'acme/used 2 8.00 kB 2' }).waitFor();

    await pages.getByRole('link', { name: 'Audit log' }).click();
    const events = page.getByRole('table', { name: 'Events' });
    await events.getByText('repo.commit').first().waitFor();
    await page.getByLabel('Action').selectOption('repo.create');
    await events.getByText('repo.commit').first().waitFor({ state: 'detached' });
    await events.getByText('repo.create').waitFor();
    const [name, text] = await saved(page, 'Export as JSON Lines');
    expect([
      name,
      text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as object),
    ]).toEqual([
      'audit-log.jsonl',
      [expect.objectContaining({ action: 'repo.create', actor: 'alice', repo: 'acme/used' })],
    ]);
    await page.getByLabel('User').fill('bob');
    await page.getByText('No matching events').waitFor();
    await page.getByLabel('User').fill('');
    await page.getByLabel('Action').selectOption('');
    await page.getByLabel('Repository', { exact: true }).fill('acme/none');
    await page.getByText('No matching events').waitFor();
    await page.getByLabel('Repository', { exact: true }).fill('');
    await page.getByLabel('To', { exact: true }).fill('2026-01-01');
    await page.getByText('No matching events').waitFor();
    expect(page.consoleErrors).toEqual([]);
  });

  it('shows the audit log of an organization in pages', async () => {
    const page = await fixture.view({ as: 'alice' });
    const event = (id: number) => ({ id: `${id}`, at: new Date().toISOString(), action: 'repo.commit', data: {} });
    const nothing = { actor: null, token: null, address: null, user_agent: null, repo: null, object: null };
    await page.route('**/api/organizations/acme/audit-log*', async (route) => {
      const isFirst = !new URL(route.request().url()).searchParams.has('cursor');
      const events = [{ ...event(isFirst ? 2 : 1), ...nothing, message: isFirst ? 'Newer' : 'Older' }];
      await route.fulfill({ json: { events, next: isFirst ? '2' : null } });
    });
    await page.goto(`${MANAGE}/audit-log`);
    await page.getByText('Newer').waitFor();
    await page.getByRole('button', { name: 'Show more' }).click();
    await page.getByText('Older').waitFor();
    await page.getByText('Newer').waitFor();
    await page.getByRole('button', { name: 'Show more' }).waitFor({ state: 'detached' });
  });

  it('hides both from other members', async () => {
    const page = await fixture.view({ as: 'bob' });
    for (const path of ['usage', 'audit-log']) {
      await page.goto(`${MANAGE}/${path}`);
      await page.getByText('Only admins of acme can see it.').waitFor();
    }
    await page.goto(MANAGE);
    await page.getByRole('heading', { name: 'Members' }).waitFor();
    expect(await page.getByRole('link', { name: 'Audit log' }).count()).toBe(0);
  });

  it('shows the usage of the hub to administrators', async () => {
    const page = await fixture.view();
    await page.goto('/admin/usage');
    await page.getByLabel('Admin token').fill(fixture.hub.adminToken);
    await page.keyboard.press('Enter');
    const repositories = page.getByRole('table', { name: 'By repository' });
    await repositories.getByRole('row', { name: 'acme/used 2 8.00 kB 2' }).waitFor();
    expect((await saved(page, 'Download CSV'))[1]).toContain(`"${today}",2,8000,2`);
    await page.goto('/admin/audit-log');
    await page.getByRole('table', { name: 'Events' }).getByText('repo.create').first().waitFor();
    expect(await accessibilityViolations(page)).toEqual([]);
  });

  it.each(APPEARANCES)('have accessible pages, $theme at $width px', async (appearance) => {
    const page = await fixture.view({ ...appearance, as: 'alice' });
    await observeLayoutShifts(page);
    for (const [path, text] of [
      ['/acme/used/settings/usage', 'Bytes per day'],
      [`${MANAGE}/usage`, 'Bytes per day'],
      [`${MANAGE}/audit-log`, 'repo.create'],
    ] as const) {
      await page.goto(path, { waitUntil: 'networkidle' });
      await page.getByText(text, { exact: true }).filter({ visible: true }).first().waitFor();
      expect([path, await accessibilityViolations(page)]).toEqual([path, []]);
      expect([path, await overflowsHorizontally(page)]).toEqual([path, false]);
      const shift = await layoutShift(page);
      expect([path, shift < 0.05 ? 'stable' : shift]).toEqual([path, 'stable']);
      await saveScreenshot(page, `${path.slice(1).replaceAll('/', '-')}-${appearance.theme}-${appearance.width}`);
    }
    expect(page.consoleErrors).toEqual([]);
  });
};
