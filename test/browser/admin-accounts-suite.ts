import type { Locator } from 'playwright-core';
import { expectRecoveryAfterRetry } from './admin-outage.js';
import { expectEventually, type AdminPage, type AdminFixture } from './admin-fixture.js';
import { PASSWORD } from './browser-fixture.js';
import { accessibilityViolations } from './page-checks.js';

interface Account {
  readonly name: string;
  readonly kind: string;
  readonly email: string | null;
  readonly disabled: boolean;
  readonly reserved: boolean;
}

export const describeAdminAccounts = (shared: () => AdminFixture): void => {
  let admin: AdminFixture;
  beforeAll(() => {
    admin = shared();
  });

  const account = (name: string): Promise<Account> => admin.api<Account>('GET', `/accounts/${name}`);
  const make = (name: string): Promise<Account> =>
    admin.api<Account>('POST', '/accounts', { kind: 'user', name, password: PASSWORD });
  const names = async (search: string): Promise<string[]> =>
    (await admin.api<{ accounts: Account[] }>('GET', `/accounts?search=${search}`)).accounts.map(({ name }) => name);
  const signIn = async (username: string, password: string): Promise<number> => {
    const answer = await fetch(`${admin.fixture.hub.url}/api/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username, password }),
    });
    return answer.status;
  };
  const row = (page: AdminPage, name: string): Locator =>
    page.getByRole('row').filter({ has: page.getByRole('link', { name, exact: true }) });
  const act = async (page: AdminPage, name: string, action: string): Promise<void> => {
    await page.getByRole('button', { name: `Actions for ${name}` }).click();
    await page.getByRole('menuitem', { name: action }).click();
  };
  const field = (dialog: Locator, name: string): Locator => dialog.getByRole('textbox', { name, exact: true });
  const open = async (): Promise<AdminPage> => {
    const page = await admin.open('/admin/accounts');
    await row(page, 'alice').waitFor();
    return page;
  };

  it('sets and resets the quota of an account', async () => {
    const page = await open();
    await row(page, 'alice')
      .getByText(/used, no limit$/)
      .first()
      .waitFor();
    await act(page, 'alice', 'Edit quota');
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Storage', { exact: true }).selectOption('Custom');
    await dialog.getByLabel('Maximum storage').fill('10 giga');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.getByText('Enter a size such as 10 GB.').waitFor();
    await dialog.getByLabel('Maximum storage').fill('10 GB');
    await dialog.getByLabel('Repositories', { exact: true }).selectOption('Custom');
    await dialog.getByLabel('Maximum repositories').fill('50');
    expect(await accessibilityViolations(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Save' }).click();
    await row(page, 'alice')
      .getByText(/ of 10 GB used$/)
      .waitFor();
    await row(page, 'alice')
      .getByText(/^\d+ of 50 used$/)
      .waitFor();
    await act(page, 'alice', 'Edit quota');
    expect(await dialog.getByLabel('Maximum storage').inputValue()).toBe('10 GB');
    await dialog.getByLabel('Storage', { exact: true }).selectOption('Default');
    await dialog.getByLabel('Repositories', { exact: true }).selectOption('Unlimited');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await row(page, 'alice')
      .getByText(/used, no limit$/)
      .nth(1)
      .waitFor();
    expect(await account('alice')).toMatchObject({ quota_bytes: null, quota_repositories: -1 });
  });

  it('lists accounts by name, with search and a type filter', async () => {
    const page = await open();
    await row(page, 'acme').getByText('organization').waitFor();
    await row(page, 'alice').getByText('user').waitFor();
    const search = page.getByRole('searchbox', { name: 'Search accounts' });
    await search.fill('ali');
    await row(page, 'acme').waitFor({ state: 'detached' });
    await row(page, 'alice').waitFor();
    await search.fill('nobody-like-it');
    await page.getByText('No matching accounts').waitFor();
    await search.fill('');
    await page.getByLabel('Type').selectOption('organization');
    await row(page, 'acme').waitFor();
    expect(await row(page, 'alice').count()).toBe(0);
    await page.getByLabel('Names').selectOption('shadows');
    await page.getByText('No matching accounts').waitFor();
    expect(page.consoleErrors).toEqual([]);
  });

  it('loads accounts page by page', async () => {
    for (let n = 10; n < 36; n++) await admin.api('POST', '/accounts', { kind: 'organization', name: `many-${n}` });
    const page = await open();
    await page.getByRole('searchbox', { name: 'Search accounts' }).fill('many-');
    await row(page, 'alice').waitFor({ state: 'detached' });
    await row(page, 'many-34').getByText('Not verified').waitFor();
    expect(await page.getByRole('link', { name: /^many-/ }).count()).toBe(25);
    await page.getByRole('button', { name: 'Show more' }).click();
    await row(page, 'many-35').waitFor();
    await page.getByRole('button', { name: 'Show more' }).waitFor({ state: 'detached' });
  });

  it('creates a user with a generated password, which is shown once and works', async () => {
    const page = await open();
    await page.getByRole('button', { name: 'New account' }).click();
    const dialog = page.getByRole('dialog');
    await field(dialog, 'Name').fill('carol');
    await dialog.getByLabel('Email').fill('carol@example.org');
    expect(await accessibilityViolations(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Create' }).click();
    await dialog.getByText('Password for carol. Copy it now; it is not shown again.').waitFor();
    const password = await dialog.locator('code').innerText();
    await dialog.getByRole('button', { name: 'Done' }).click();
    await row(page, 'carol').getByText('carol@example.org').waitFor();
    expect(await signIn('carol', password)).toBe(200);
    expect(await account('carol')).toMatchObject({ kind: 'user', email: 'carol@example.org' });
    await page.getByRole('button', { name: 'New account' }).click();
    expect(await page.getByRole('dialog').getByText(password).count()).toBe(0);
    expect(page.consoleErrors).toEqual([]);
  });

  it('creates an organization without a password', async () => {
    const page = await open();
    await page.getByRole('button', { name: 'New account' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Type').selectOption('organization');
    expect(await dialog.getByText('Password').count()).toBe(0);
    await field(dialog, 'Name').fill('workshop');
    await dialog.getByRole('button', { name: 'Create' }).click();
    await page.getByText('Account workshop created', { exact: true }).waitFor();
    await page.getByRole('searchbox', { name: 'Search accounts' }).fill('workshop');
    await row(page, 'workshop').getByText('organization').waitFor();
    expect(await account('workshop')).toMatchObject({ kind: 'organization' });
  });

  it('the dialog stays open and shows validation errors', async () => {
    const page = await open();
    await page.getByRole('button', { name: 'New account' }).click();
    const dialog = page.getByRole('dialog');
    const name = field(dialog, 'Name');
    await name.fill('a b');
    await dialog.getByLabel('Email').focus();
    await dialog.getByRole('alert').waitFor();
    expect(await name.getAttribute('aria-invalid')).toBe('true');
    await name.fill('dave');
    await dialog.getByLabel('Set a password').check();
    await dialog.getByLabel('New password').fill('short');
    await dialog.getByRole('button', { name: 'Create' }).click();
    await dialog
      .getByRole('alert')
      .getByText(/8 characters/)
      .waitFor();
    expect(await names('dave')).toEqual([]);
    await name.fill('alice');
    await dialog.getByLabel('New password').fill(PASSWORD);
    await dialog.getByRole('button', { name: 'Create' }).click();
    await dialog
      .getByRole('alert')
      .getByText(/alice|taken/)
      .waitFor();
    await name.fill('dave');
    await dialog.getByRole('button', { name: 'Create' }).click();
    await page.getByText('Account dave created', { exact: true }).waitFor();
    expect(await signIn('dave', PASSWORD)).toBe(200);
  });

  it('resets a password, so that the old one no longer works', async () => {
    await make('erin');
    const page = await open();
    await act(page, 'erin', 'Reset password');
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Set a password').check();
    await dialog.getByLabel('New password').fill('another long password');
    await dialog.getByRole('button', { name: 'Reset' }).click();
    await page.getByText('Password reset for erin. All sessions were signed out.', { exact: true }).waitFor();
    expect(await signIn('erin', PASSWORD)).toBe(401);
    expect(await signIn('erin', 'another long password')).toBe(200);
  });

  it('disables an account after confirmation, and enables it again', async () => {
    await make('frank');
    const page = await open();
    await act(page, 'frank', 'Disable');
    await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel' }).click();
    expect(await account('frank')).toMatchObject({ disabled: false });
    await act(page, 'frank', 'Disable');
    await page.getByRole('alertdialog').getByRole('button', { name: 'Disable' }).click();
    await row(page, 'frank').getByText('Disabled').waitFor();
    expect(await signIn('frank', PASSWORD)).not.toBe(200);
    await act(page, 'frank', 'Enable');
    await row(page, 'frank').getByText('Disabled').waitFor({ state: 'detached' });
    expect(await signIn('frank', PASSWORD)).toBe(200);
    await page.getByRole('button', { name: 'Actions for acme' }).click();
    expect(await page.getByRole('menuitem', { name: 'Disable' }).count()).toBe(0);
  });

  it('reserves and releases a name', async () => {
    const page = await open();
    await act(page, 'acme', 'Reserve name');
    await row(page, 'acme').getByText('Reserved').waitFor();
    expect(await account('acme')).toMatchObject({ reserved: true });
    await act(page, 'acme', 'Release name');
    await row(page, 'acme').getByText('Reserved').waitFor({ state: 'detached' });
    expect(await account('acme')).toMatchObject({ reserved: false });
  });

  it('deletes an account after its name is typed, unless it has repositories', async () => {
    await make('grace');
    await admin.fixture.repository(await admin.fixture.person('heidi'), 'model', 'heidi/kept', {
      'README.md': '# Kept\n',
    });
    const page = await open();
    const dialog = page.getByRole('alertdialog');
    await act(page, 'grace', 'Delete');
    expect(await dialog.getByRole('button', { name: 'Delete' }).isDisabled()).toBe(true);
    await dialog.getByRole('textbox').fill('grace');
    await dialog.getByRole('button', { name: 'Delete' }).click();
    await row(page, 'grace').waitFor({ state: 'detached' });
    await expectEventually(() => names('grace'), []);
    await act(page, 'heidi', 'Delete');
    await dialog.getByRole('textbox').fill('heidi');
    await dialog.getByRole('button', { name: 'Delete' }).click();
    await dialog
      .getByRole('alert')
      .getByText(/repositor/)
      .waitFor();
    expect(await names('heidi')).toEqual(['heidi']);
  });

  it('reports an unreachable hub and recovers on retry', async () => {
    await expectRecoveryAfterRetry(await open(), {
      path: '/admin/accounts',
      addresses: '**/admin/api/accounts?*',
      answered: 'alice',
    });
  });
};
