import { PASSWORD, type BrowserFixture } from './browser-fixture.js';
import { accessibilityViolations, saveScreenshot, APPEARANCES, overflowsHorizontally } from './page-checks.js';

export const describeForms = (shared: () => BrowserFixture): void => {
  let fixture: BrowserFixture;
  let token: string;

  beforeAll(async () => {
    fixture = shared();
    token = await fixture.tokenOf('alice');
  });

  const raw = async (path: string): Promise<string> => (await fetch(fixture.hub.url + path)).text();
  const answer = (path: string): Promise<Response> =>
    fetch(fixture.hub.url + path, { headers: { authorization: `Bearer ${token}` } });

  it.each(APPEARANCES)('both forms, $theme at $width px', async (appearance) => {
    const page = await fixture.view({ ...appearance, as: 'alice' });
    await page.goto('/new?type=space');
    await page.getByLabel('SDK').waitFor();
    expect(await accessibilityViolations(page)).toEqual([]);
    expect(await overflowsHorizontally(page)).toBe(false);
    await saveScreenshot(page, `new-${appearance.theme}-${appearance.width}`);
    await page.goto('/organizations/new');
    await page.getByLabel('Description').waitFor();
    expect(await accessibilityViolations(page)).toEqual([]);
    expect(await overflowsHorizontally(page)).toBe(false);
    expect(page.consoleErrors).toEqual([]);
  });

  it('requires sign-in, then creates a repository with its card', async () => {
    const page = await fixture.view();
    await page.goto('/new?type=dataset');
    await page.getByLabel('Username').fill('alice');
    await page.getByLabel(/^Password/).fill(PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'New repository' }).waitFor();
    await page.getByLabel('Owner').selectOption('acme');
    await page.getByLabel(/^Name/).fill('no--good');
    await page.getByText('Must not contain "--"').waitFor();
    await page.getByLabel(/^Name/).fill('fresh');
    await page.getByText('Repository ID: acme/fresh').waitFor();
    await page.getByLabel('License').selectOption('mit');
    await page.getByRole('button', { name: 'Create dataset' }).click();
    await page.waitForURL('**/datasets/acme/fresh');
    expect(await raw('/datasets/acme/fresh/raw/main/README.md')).toBe('---\nlicense: mit\n---\n\n# fresh\n');
    expect(JSON.parse(await raw('/api/datasets/acme/fresh/commits/main'))).toHaveLength(1); // created with its card
    await page.goto('/new?type=dataset&owner=acme&name=fresh');
    await page.getByRole('button', { name: 'Create dataset' }).click();
    await page.getByText('A dataset with this name already exists.').waitFor();
    await page.getByRole('link', { name: 'Open acme/fresh' }).click();
    await page.waitForURL('**/datasets/acme/fresh');
  });

  it('explains that a name belongs to a source', async () => {
    const page = await fixture.view({ as: 'alice' });
    await page.goto('/new?type=model&owner=alice&name=external');
    await page.getByRole('button', { name: 'Create model' }).click();
    await page.getByText('The model "alice/external" exists at HuggingFace. An administrator can').waitFor();
    await page.getByRole('link', { name: 'Open alice/external' }).click();
    await page
      .getByText('# From the source')
      .or(page.getByRole('heading', { name: 'From the source' }))
      .waitFor();
    await page.goto('/organizations/new');
    await page.getByLabel(/^Name/).fill('far-ai');
    await page.getByRole('button', { name: 'Create organization' }).click();
    await page.getByText('The organization "far-ai" exists at HuggingFace. An administrator can').waitFor();
  });

  it('offers only namespaces with write access as owners', async () => {
    const page = await fixture.view({ as: 'bob' });
    await page.goto('/new');
    await page.getByLabel('Owner').waitFor();
    expect(await page.getByLabel('Owner').getByRole('option').allTextContents()).toEqual(['bob']);
  });

  it('creates an organization, and rejects names that are taken', async () => {
    const page = await fixture.view({ as: 'bob' });
    await page.goto('/organizations/new');
    await page.getByLabel(/^Name/).fill('api');
    await page.getByText('Reserved for the hub').waitFor();
    await page.getByLabel(/^Name/).fill('ALICE');
    await page.getByRole('button', { name: 'Create organization' }).click();
    await page.getByText('Already taken').waitFor();
    await page.getByLabel(/^Name/).fill('guild');
    await page.getByRole('button', { name: 'Create organization' }).click();
    await page.waitForURL('**/settings/organizations/guild');
    await page.getByLabel('Role of bob').waitFor();
  });

  it.each(APPEARANCES)('repository settings, $theme at $width px', async (appearance) => {
    const name = `alice/kept-${appearance.theme}-${appearance.width}`;
    await fixture.repository(token, 'model', name, { 'README.md': '# Kept\n' });
    const page = await fixture.view({ ...appearance, as: 'alice' });
    await page.goto(`/${name}/settings`);
    await page.getByRole('button', { name: 'Delete this model' }).waitFor();
    expect(await accessibilityViolations(page)).toEqual([]);
    expect(await overflowsHorizontally(page)).toBe(false);
    await saveScreenshot(page, `repository-settings-${appearance.theme}-${appearance.width}`);
    await page.getByRole('button', { name: 'Delete this model' }).click();
    await page.getByRole('alertdialog').waitFor();
    expect(await accessibilityViolations(page)).toEqual([]);
    expect(page.consoleErrors).toEqual([]);
  });

  it('changes visibility, renames and deletes a repository after its name is typed', async () => {
    await fixture.repository(token, 'model', 'alice/first', { 'README.md': '# First\n' });
    const page = await fixture.view({ as: 'alice' });
    await page.goto('/alice/first/settings');
    await page.getByRole('radio', { name: /Private/ }).check();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Repository is now private', { exact: true }).waitFor();
    expect((await fetch(`${fixture.hub.url}/api/models/alice/first`)).status).toBe(404);

    await page.getByLabel(/^Name/).fill('second');
    await page.getByRole('button', { name: 'Rename or move' }).click();
    const dialog = page.getByRole('alertdialog');
    await dialog.getByText('alice/first will become alice/second.').waitFor();
    await dialog.getByRole('textbox').fill('alice/second');
    expect(await dialog.getByRole('button', { name: 'Rename or move' }).isDisabled()).toBe(true);
    await dialog.getByRole('textbox').fill('alice/first');
    await dialog.getByRole('button', { name: 'Rename or move' }).click();
    await page.waitForURL('**/alice/second/settings');
    expect((await answer('/api/models/alice/second')).status).toBe(200);

    await page.getByRole('button', { name: 'Delete this model' }).click();
    await dialog.getByRole('textbox').fill('alice/second');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/alice');
    expect((await answer('/api/models/alice/second')).status).toBe(404);
  });

  it('explains why other users cannot change the settings', async () => {
    await fixture.repository(token, 'model', 'acme/shared', { 'README.md': '# Shared\n' });
    const bobs = await fixture.view({ as: 'bob' });
    await bobs.goto('/acme/shared/settings');
    await bobs.getByText('Only acme or its admins can change the settings.').waitFor();
    expect(await accessibilityViolations(bobs)).toEqual([]);
    const anonymous = await fixture.view();
    await anonymous.goto('/acme/shared/settings');
    await anonymous.getByText('Sign in as the owner to change the settings.').waitFor();
    await anonymous.goto('/far-ai/shown/settings');
    await anonymous
      .getByText('This repository is hosted on HuggingFace. Its owner can change the settings there.')
      .waitFor();
  });
};
