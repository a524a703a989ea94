import type { AdminFixture } from './admin-fixture.js';
import { accessibilityViolations, saveScreenshot, APPEARANCES, overflowsHorizontally } from './page-checks.js';

const stored = (page: { evaluate: (script: string) => Promise<unknown> }): Promise<unknown> =>
  page.evaluate('JSON.stringify([{ ...localStorage }, { ...sessionStorage }])');

export const describeAdminSignIn = (shared: () => AdminFixture): void => {
  let admin: AdminFixture;
  beforeAll(() => {
    admin = shared();
  });

  it.each(APPEARANCES)('shows the sign-in form, $theme at $width px', async (appearance) => {
    const page = await admin.fixture.view(appearance);
    await page.goto('/admin/cache');
    await page.getByRole('heading', { name: 'Admin portal' }).waitFor();
    expect(await accessibilityViolations(page)).toEqual([]);
    expect(await overflowsHorizontally(page)).toBe(false);
    expect(page.consoleErrors).toEqual([]);
    await saveScreenshot(page, `admin-door-${appearance.theme}-${appearance.width}`);
  });

  it('accepts only the admin token, keeps it for the tab, and deletes it on sign-out', async () => {
    const { hub } = admin.fixture;
    const page = await admin.fixture.view();
    await page.goto('/admin/cache');
    const field = page.getByLabel(/^Admin token/);
    await field.fill('a guess');
    await page.keyboard.press('Enter');
    await page.getByText('Incorrect admin token.').waitFor();
    expect(await field.getAttribute('aria-invalid')).toBe('true');
    await field.fill('geheim – ✓');
    await page.getByText('Admin tokens consist of ASCII characters only.').waitFor();
    await field.fill(hub.adminToken);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Cache', exact: true }).waitFor();
    expect(page.url()).toBe(`${hub.url}/admin/cache`);
    const [local, session] = JSON.parse((await stored(page)) as string) as [object, object];
    expect(JSON.stringify(local)).not.toContain(hub.adminToken);
    expect(JSON.stringify(session)).toContain(hub.adminToken);

    await page.reload();
    await page.getByRole('heading', { name: 'Cache', exact: true }).waitFor();
    const another = await page.context().newPage();
    await another.goto('/admin/cache');
    await another.getByRole('heading', { name: 'Admin portal' }).waitFor();

    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Admin portal' }).waitFor();
    expect(await stored(page)).not.toContain(hub.adminToken);
    await page.reload();
    await page.getByRole('heading', { name: 'Admin portal' }).waitFor();
    expect(hub.output).not.toContain(hub.adminToken);
  });

  it('signs out when the token is no longer valid', async () => {
    const page = await admin.open('/admin/cache');
    await page.evaluate(`sessionStorage.setItem('admin-token', 'of yesterday')`);
    await page.reload();
    await page.getByText('Incorrect admin token.').waitFor();
    expect(await stored(page)).not.toContain('of yesterday');
  });

  it('shows the waiting time for a wrong token after too many attempts, and accepts the right one', async () => {
    for (let n = 0; n < 12; n++)
      await fetch(`${admin.fixture.hub.url}/admin/api/storage`, { headers: { 'x-admin-token': `guess ${n}` } });
    const page = await admin.fixture.view();
    await page.goto('/admin');
    await page.getByLabel(/^Admin token/).fill('another guess');
    await page.keyboard.press('Enter');
    await page.getByText(/^Too many requests to the admin API\. Try again in \d+ seconds\.$/).waitFor();
    await page.getByLabel(/^Admin token/).fill(admin.fixture.hub.adminToken);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
  });

  it('reports a disabled admin API', async () => {
    const page = await admin.fixture.view();
    const off = { status: 503, json: { error: 'The admin API is switched off' } };
    await page.route('**/admin/api/**', (route) => route.fulfill(off));
    await page.goto('/admin');
    await page.getByLabel(/^Admin token/).fill('whatever');
    await page.keyboard.press('Enter');
    await page.getByText(/The admin API is disabled. To enable it, set KOHAKU_HUB_ADMIN_ENABLED/).waitFor();
  });
};
