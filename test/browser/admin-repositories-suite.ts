import type { Locator } from 'playwright-core';
import type { AdminPage, AdminFixture } from './admin-fixture.js';
import { accessibilityViolations } from './page-checks.js';

export const describeRepositories = (shared: () => AdminFixture): void => {
  let admin: AdminFixture;
  beforeAll(() => {
    admin = shared();
  });

  const row = (page: AdminPage, name: string): Locator => page.getByRole('row').filter({ hasText: name });
  const act = async (page: AdminPage, name: string, action: string): Promise<void> => {
    await page.getByRole('button', { name: `Actions for ${name}` }).click();
    await page.getByRole('menuitem', { name: action, exact: true }).click();
  };
  const confirm = async (page: AdminPage, action: string, typed?: string): Promise<void> => {
    const dialog = page.getByRole('alertdialog');
    if (typed !== undefined) {
      expect(await dialog.getByRole('button', { name: action }).isDisabled()).toBe(true);
      await dialog.getByRole('textbox').fill(typed);
    }
    await dialog.getByRole('button', { name: action }).click();
  };
  const statusOf = async (path: string): Promise<number> => (await fetch(admin.fixture.hub.url + path)).status;
  const open = async (): Promise<AdminPage> => {
    const page = await admin.open('/admin/repositories');
    await row(page, 'alice/near').waitFor();
    return page;
  };

  it('searches, filters and sorts repositories', async () => {
    const page = await open();
    await page.getByLabel('Search repositories').fill('rows');
    await row(page, 'alice/near').waitFor({ state: 'detached' });
    await row(page, 'acme/rows').waitFor();
    await page.getByLabel('Type').selectOption('model');
    await page.getByText('No matching repositories').waitFor();
    await page.getByLabel('Search repositories').fill('');
    await page.getByLabel('Sort').selectOption('size');
    await row(page, 'alice/near').waitFor();
    expect(await page.getByRole('row').nth(1).textContent()).toContain('alice/goes');
    expect(page.consoleErrors).toEqual([]);
  });

  it('lists repositories that a source has too, or that could not be checked', async () => {
    await admin.api('POST', '/accounts', { kind: 'organization', name: 'team' });
    const page = await open();
    for (const id of ['team/model', 'alice/unchecked']) {
      await page.getByRole('button', { name: 'New repository' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('Repository').fill(id);
      expect(await accessibilityViolations(page)).toEqual([]);
      await dialog.getByRole('button', { name: 'Create' }).click();
      await dialog.waitFor({ state: 'detached' });
    }
    await row(page, 'team/model').getByText('Shadows Team hub').waitFor();
    await row(page, 'alice/unchecked').getByText('Not verified').waitFor();
    await page.getByLabel('Names').selectOption('shadows');
    await row(page, 'alice/near').waitFor({ state: 'detached' });
    await row(page, 'team/model').waitFor();
    await page.getByRole('button', { name: 'Check names' }).click();
    await page
      .getByText(/\d+ names will be checked/)
      .first()
      .waitFor();
    for (const id of ['team/model', 'alice/unchecked']) await admin.api('DELETE', `/repositories/model/${id}`);
    expect(page.consoleErrors).toEqual([]);
  });

  it('shows more repositories, and how many there are', async () => {
    const names = Array.from({ length: 30 }, (_, n) => `alice/many-${String(n).padStart(2, '0')}`);
    const page = await open();
    for (const id of names) await admin.api('POST', '/repositories', { type: 'space', id });
    await page.getByLabel('Type').selectOption('space');
    await page.getByText('25 of 30').waitFor();
    await page.getByRole('button', { name: 'Show more' }).click();
    await page.getByText('30 of 30').waitFor();
    await row(page, 'alice/many-29').waitFor();
    expect(await page.getByRole('button', { name: 'Show more' }).count()).toBe(0);
    await page.getByLabel('Search repositories').fill('many-1');
    await page.getByText('10 found').waitFor();
    for (const id of names) await admin.api('DELETE', `/repositories/space/${id}`);
    expect(page.consoleErrors).toEqual([]);
  });

  it('disabled repositories cannot be read until they are enabled again', async () => {
    const page = await open();
    await act(page, 'alice/near', 'Disable');
    await confirm(page, 'Disable');
    await row(page, 'alice/near').getByText('Disabled').waitFor();
    expect(await statusOf('/alice/near/resolve/main/README.md')).toBe(403);
    await act(page, 'alice/near', 'Enable');
    await row(page, 'alice/near').getByText('Disabled').waitFor({ state: 'detached' });
    expect(await statusOf('/alice/near/resolve/main/README.md')).toBe(200);
  });

  it('deletes a repository after its id is typed', async () => {
    const page = await open();
    await act(page, 'alice/goes', 'Delete');
    await confirm(page, 'Delete', 'alice/goes');
    await row(page, 'alice/goes').waitFor({ state: 'detached' });
    expect(await statusOf('/api/models/alice/goes?fallback=false')).toBe(404);
  });

  it('deletes unreferenced content on request', async () => {
    const page = await open();
    await page.getByText('Identical files are stored once').waitFor();
    await page.getByRole('button', { name: 'Clean up now' }).click();
    await page.getByText(/^Cleanup finished: (deleted|nothing to delete)/).waitFor();
    await page.getByText(/Last cleanup .*(deleted|nothing to delete)/).waitFor();
    await page
      .locator('dl > div')
      .filter({ hasText: 'Unreferenced' })
      .getByText(/^\s*\d+\s*$/)
      .waitFor();
    expect(page.consoleErrors).toEqual([]);
  });
};
