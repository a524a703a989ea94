import { adminClient } from '../support/admin-client.js';
import { PrefixProxy } from '../support/prefix-proxy.js';
import { PASSWORD, type BrowserFixture } from './browser-fixture.js';
import { accessibilityViolations, APPEARANCES, overflowsHorizontally } from './page-checks.js';

/** Invitations on a hub with closed registration. */
export const describeInvitations = (shared: () => BrowserFixture): void => {
  let fixture: BrowserFixture;
  let proxy: PrefixProxy;
  beforeAll(async () => {
    fixture = shared();
    proxy = await PrefixProxy.start(fixture.hub.url);
    const admin = adminClient(fixture.hub);
    await admin('POST', '/accounts', { kind: 'user', name: 'olga', password: PASSWORD });
    await admin('PUT', '/accounts/olga', { administrator: true });
    await fixture.organization(await fixture.tokenOf('olga'), 'acme', {});
  });
  afterAll(() => proxy?.stop());

  it.each(APPEARANCES)('to the hub, in the portal, $theme at $width px', async (appearance) => {
    const page = await fixture.view(appearance);
    const name = `invited-${appearance.theme}-${appearance.width}`;
    await page.goto(`${proxy.url}/login?next=/admin/accounts`);
    await page.getByLabel('Username').fill('olga');
    await page.getByLabel(/^Password/).fill(PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Invite a user' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Note').fill(`${name}@example.com`);
    expect(await accessibilityViolations(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Create link' }).click();
    const link = (await dialog.locator('code').textContent())!;
    expect(link).toMatch(new RegExp(`^${proxy.url}/invitations/[\\w-]{43}$`));
    await dialog.getByRole('button', { name: 'Done' }).click();
    await page.getByText(`${name}@example.com`).waitFor();
    await page.getByText('used 0 of 1 times').first().waitFor();
    expect(await overflowsHorizontally(page)).toBe(false);

    const guest = await fixture.view(appearance);
    await guest.goto(link);
    await guest.getByText('olga has invited you to Hubfall').waitFor();
    await guest.getByRole('link', { name: 'Continue with Acme ID' }).waitFor();
    expect(await accessibilityViolations(guest)).toEqual([]);
    expect(await overflowsHorizontally(guest)).toBe(false);
    await guest.getByLabel('Username').fill(name);
    await guest.getByLabel(/^Password/).fill(PASSWORD);
    await guest.getByRole('button', { name: 'Sign up' }).click();
    await guest.getByRole('button', { name: `Account menu for ${name}` }).waitFor();
    await guest.waitForURL(`${proxy.url}/`);
    await guest.goto(link);
    await guest.getByText('This invitation was already used. Ask for a new one.').waitFor();
  });

  it.each(APPEARANCES)('to an organization, by a link, $theme at $width px', async (appearance) => {
    const name = `joins-${appearance.theme}-${appearance.width}`;
    await adminClient(fixture.hub)('POST', '/accounts', { kind: 'user', name, password: PASSWORD });
    const page = await fixture.view({ ...appearance, as: 'olga' });
    await page.goto('/settings/organizations/acme');
    await page.getByRole('button', { name: 'Invite to acme' }).click();
    await page.getByRole('dialog').getByLabel('Role').selectOption('Write');
    expect(await accessibilityViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Create link' }).click();
    const link = (await page.getByRole('dialog').locator('code').textContent())!;
    await page.getByRole('button', { name: 'Done' }).click();
    expect(await overflowsHorizontally(page)).toBe(false);

    const guest = await fixture.view(appearance);
    await guest.goto(link);
    await guest.getByRole('heading', { name: 'Join acme' }).waitFor();
    expect(await accessibilityViolations(guest)).toEqual([]);
    await guest.getByRole('link', { name: 'Sign in to join' }).click();
    await guest.getByLabel('Username').fill(name);
    await guest.getByLabel(/^Password/).fill(PASSWORD);
    await guest.keyboard.press('Enter');
    await guest.getByText(`Signed in as ${name}`).waitFor();
    expect(await overflowsHorizontally(guest)).toBe(false);
    await guest.getByRole('button', { name: 'Join', exact: true }).click();
    await guest.getByText('You are now a member of acme', { exact: true }).waitFor();
    await guest.waitForURL('**/acme');
    await page.reload();
    await page.getByRole('combobox', { name: `Role of ${name}` }).waitFor();
    expect(guest.consoleErrors).toEqual([]);
  });

  it('to an organization, for a user, and revokes an invitation', async () => {
    await adminClient(fixture.hub)('POST', '/accounts', { kind: 'user', name: 'paul', password: PASSWORD });
    const page = await fixture.view({ as: 'olga' });
    await page.goto('/settings/organizations/acme');
    await page.getByRole('button', { name: 'Invite to acme' }).click();
    await page.getByRole('dialog').getByLabel('Username').fill('paul');
    await page.getByRole('dialog').getByRole('button', { name: 'Invite', exact: true }).click();
    await page.getByText('paul invited to acme', { exact: true }).waitFor();

    const guest = await fixture.view({ as: 'paul' });
    await guest.goto('/settings/organizations');
    await guest.getByText('from olga').waitFor();
    expect(await accessibilityViolations(guest)).toEqual([]);
    await guest.getByRole('button', { name: 'Accept the invitation to acme' }).click();
    await guest.getByRole('link', { name: 'Members acme' }).waitFor();

    await page.getByRole('button', { name: 'Invite to acme' }).click();
    await page.getByRole('dialog').getByLabel('Note').fill('For Team B');
    await page.getByRole('button', { name: 'Create link' }).click();
    await page.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('button', { name: 'Revoke the invitation of For Team B' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Revoke' }).click();
    await page.getByText('No open invitations.').waitFor();
    expect(page.consoleErrors).toEqual([]);
  });
};
