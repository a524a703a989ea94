import { adminClient } from '../support/admin-client.js';
import { PASSWORD, type BrowserFixture } from './browser-fixture.js';
import { accessibilityViolations, saveScreenshot, APPEARANCES, overflowsHorizontally } from './page-checks.js';
import { GREY_PIXEL_PNG } from './external-content.js';

export const describeSettings = (shared: () => BrowserFixture): void => {
  let fixture: BrowserFixture;
  let token: string;

  beforeAll(async () => {
    fixture = shared();
    token = await fixture.tokenOf('alice');
  });

  it.each(APPEARANCES)('all settings pages, $theme at $width px', async (appearance) => {
    const page = await fixture.view({ ...appearance, as: 'alice' });
    for (const [path, text] of [
      ['/settings', 'Bio'],
      ['/settings/password', 'New password'],
      ['/settings/tokens', 'Created'],
      ['/settings/organizations', 'acme'],
      ['/settings/organizations/acme', 'bob'],
    ] as const) {
      await page.goto(path);
      await page.getByText(text).first().waitFor();
      expect(await accessibilityViolations(page)).toEqual([]);
      expect(await overflowsHorizontally(page)).toBe(false);
      await saveScreenshot(page, `${path.slice(1).replaceAll('/', '-')}-${appearance.theme}-${appearance.width}`);
    }
    expect(page.consoleErrors).toEqual([]);
  });

  it('shows the use of the quota, or that there is no limit', async () => {
    const page = await fixture.view({ as: 'alice' });
    await page.goto('/settings');
    const storage = page.getByRole('region', { name: 'Storage' });
    await storage.getByText(/used, no limit$/).waitFor();
    const quota = { quota_bytes: 10_000_000_000, quota_repositories: 50 };
    await adminClient(fixture.hub)('PUT', '/accounts/alice', quota);
    await page.reload();
    await storage.getByText(/^[\d.]+ k?B of 10 GB used$/).waitFor();
    await storage.getByText(/^\d+ of 50 repositories$/).waitFor();
    await storage.getByRole('meter', { name: 'Files' }).waitFor();
    expect(await accessibilityViolations(page)).toEqual([]);
    await page.goto('/settings/organizations/acme');
    await storage.getByText(/used, no limit$/).waitFor();
  });

  it('requires sign-in and returns to the page', async () => {
    const page = await fixture.view();
    await page.goto('/settings/tokens');
    await page.getByLabel('Username').fill('bob');
    await page.getByLabel(/^Password/).fill(PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'New access token' }).waitFor();
  });

  it('saves the profile and marks invalid fields', async () => {
    const page = await fixture.view({ as: 'alice' });
    await page.goto('/settings');
    await page.getByLabel('Website').fill('https://user:secret@example.org');
    await page.getByLabel('Bio').fill('Trains <b>small</b> models');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('must be an http:// or https:// URL').waitFor();
    await page.getByLabel('Website').fill('https://alice.example');
    await page.getByLabel('GitHub').fill('alice');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved', { exact: true }).waitFor();
    await page.reload();
    await page.getByLabel('Bio').waitFor();
    expect(await page.getByLabel('Bio').inputValue()).toBe('Trains <b>small</b> models');
    expect(await page.getByLabel('GitHub').inputValue()).toBe('alice');
  });

  it('uploads and removes an avatar', async () => {
    const page = await fixture.view({ as: 'alice' });
    await page.goto('/settings');
    const choose = (name: string, mimeType: string) =>
      page.getByLabel('Avatar image').setInputFiles({ name, mimeType, buffer: GREY_PIXEL_PNG });
    await choose('page.svg', 'image/svg+xml');
    await page.getByText('Use a PNG, JPEG, GIF or WebP image.').waitFor();
    await choose('face.png', 'image/png');
    await page.getByRole('button', { name: 'Save avatar' }).click();
    await page.getByText('Avatar updated', { exact: true }).waitFor();
    await page.locator('header img[src*="/api/users/alice/avatar"]').waitFor();
    await page.getByRole('button', { name: 'Remove' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).click();
    await page.getByText('Avatar removed', { exact: true }).waitFor();
    await page.locator('header img[src*="/api/users/alice/avatar"]').waitFor({ state: 'detached' });
  });

  it('requires the current password to change it', async () => {
    await fixture.person('carol');
    const page = await fixture.view({ as: 'carol' });
    await page.goto('/settings/password');
    const change = async (old: string, instead: string): Promise<void> => {
      await page.getByLabel(/^Current password/).fill(old);
      await page.getByLabel(/^New password/).fill(instead);
      await page.getByRole('button', { name: 'Change password' }).click();
    };
    await change('something else', 'another good one');
    await page.getByText('Incorrect password').waitFor();
    await change(PASSWORD, 'another good one');
    await page.getByText('Password changed. All other sessions were signed out.', { exact: true }).waitFor();
  });

  it('shows a new token once and revokes it', async () => {
    const page = await fixture.view({ as: 'alice' });
    await page.goto('/settings/tokens');
    await page.getByLabel(/^Token name/).fill('laptop <img src=x onerror=alert(1)>');
    await page.getByLabel('Permission').selectOption('read');
    await page.getByRole('button', { name: 'Create' }).click();
    const made = await page.getByRole('status').getByText(/^hf_/).textContent();
    const whoami = () =>
      fetch(`${fixture.hub.url}/api/whoami-v2`, { headers: { authorization: `Bearer ${made!.trim()}` } });
    expect(await (await whoami()).json()).toMatchObject({ auth: { accessToken: { role: 'read' } } });
    await page.reload();
    await page.getByRole('button', { name: 'Revoke laptop' }).click();
    expect(await page.getByText(made!.trim()).count()).toBe(0);
    await page.getByRole('alertdialog').getByRole('button', { name: 'Revoke' }).click();
    await page.getByText(/^Token .* revoked$/).waitFor();
    expect((await whoami()).status).toBe(401);
    expect(page.consoleErrors).toEqual([]);
  });

  it('creates and rotates a fine-grained token with the picker', async () => {
    const page = await fixture.view({ as: 'alice' });
    await page.goto('/settings/tokens');
    await page.getByLabel(/^Token name/).fill('nightly');
    await page.getByLabel('Permission').selectOption('fineGrained');
    await page.getByLabel('Expires').selectOption('30');
    await page.getByRole('button', { name: 'alice', exact: true }).click();
    await page.getByLabel('Write the content and settings of repositories').check();
    await page.getByRole('button', { name: 'Create' }).click();
    const secret = async (): Promise<string> =>
      (await page.getByRole('status').getByText(/^hf_/).last().textContent())!.trim();
    const first = await secret();
    await page.getByText('alice: repo.content.read, repo.write').waitFor();
    await page.reload();
    await page.getByRole('button', { name: 'Rotate nightly' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Rotate' }).click();
    await page.getByText('Token nightly rotated', { exact: true }).waitFor();
    const second = await secret();
    const statusOf = async (token: string): Promise<number> =>
      (await fetch(`${fixture.hub.url}/api/whoami-v2`, { headers: { authorization: `Bearer ${token}` } })).status;
    expect([second === first, await statusOf(first), await statusOf(second)]).toEqual([false, 401, 200]);
    expect(page.consoleErrors).toEqual([]);
  });

  it('admins create service accounts of an organization with tokens', async () => {
    await fixture.organization(token, 'robots', {});
    const page = await fixture.view({ as: 'alice' });
    await page.goto('/settings/organizations/robots');
    await page.getByLabel('Service account name').fill('robots-ci');
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    await page.getByRole('group').getByText('robots-ci').click();
    await page.getByLabel(/^Token name/).fill('runner');
    await page.getByRole('group').getByRole('button', { name: 'Create', exact: true }).click();
    await page.getByRole('status').getByText(/^hf_/).waitFor();
    await page.getByRole('button', { name: 'Disable' }).click();
    await page.getByText('Disabled', { exact: true }).waitFor();
    await page.getByText('Service account', { exact: true }).waitFor();
    expect(page.consoleErrors).toEqual([]);
  });

  it('admins manage the members of an organization, and members can leave', async () => {
    await fixture.organization(token, 'club', {});
    const page = await fixture.view({ as: 'alice' });
    await page.goto('/settings/organizations/club');
    await page.getByLabel('Username').fill('nobody-there');
    await page.getByRole('button', { name: 'Add member' }).click();
    await page.getByRole('alert').waitFor();
    await page.getByLabel('Username').fill('bob');
    await page.getByRole('button', { name: 'Add member' }).click();
    await page.getByLabel('Role of bob').waitFor();
    await page.getByLabel('Role of alice').selectOption('read');
    await page.getByText('An organization needs at least one admin').waitFor();
    expect(await page.getByLabel('Role of alice').inputValue()).toBe('admin');

    const bobs = await fixture.view({ as: 'bob' });
    await bobs.goto('/settings/organizations');
    await bobs.getByRole('button', { name: 'Leave club' }).click();
    await bobs.getByRole('alertdialog').getByRole('button', { name: 'Leave' }).click();
    await bobs.getByText('You left club', { exact: true }).waitFor();
    await bobs.getByRole('button', { name: 'Leave club' }).waitFor({ state: 'detached' });
    await page.reload();
    await page.getByLabel('Role of alice').waitFor();
    expect(await page.getByLabel('Role of bob').count()).toBe(0);
  });
};
