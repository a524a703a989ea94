import { readFile } from 'node:fs/promises';
import type { Locator } from 'playwright-core';
import { json } from '../support/fake-replies.js';
import { FakeUpstream } from '../support/fake-upstream.js';
import { AdminFixture, expectEventually, type AdminPage } from './admin-fixture.js';
import { accessibilityViolations, saveScreenshot, APPEARANCES, overflowsHorizontally } from './page-checks.js';

interface Stored {
  readonly id: number | string;
  readonly name: string;
  readonly enabled: boolean;
  readonly has_token: boolean;
  readonly namespace: string;
  readonly include: readonly string[];
}

describe('admin: fallback sources', () => {
  let admin: AdminFixture;
  beforeAll(async () => {
    admin = await AdminFixture.start();
    for (let n = 0; n < 6; n++) await admin.sendRequest(`/api/models/nowhere/model-${n}`);
  }, 60_000);
  afterAll(() => admin.close());

  const stored = (): Promise<Stored[]> => admin.api<Stored[]>('GET', '/fallback-sources');
  const source = async (name: string): Promise<Stored | undefined> =>
    (await stored()).find((item) => item.name === name);
  const names = async (): Promise<string[]> => (await stored()).map(({ name }) => name);
  const shown = (page: AdminPage): Promise<string[]> =>
    page.locator('tbody tr td:nth-child(2) .font-medium.break-words').allTextContents();
  const row = (page: AdminPage, name: string | RegExp): Locator => page.getByRole('row').filter({ hasText: name });
  const act = async (page: AdminPage, name: string, action: string): Promise<void> => {
    await page.getByRole('button', { name: `Actions for ${name}` }).click();
    await page.getByRole('menuitem', { name: action }).click();
  };
  const open = async (appearance = {}): Promise<AdminPage> => {
    const page = await admin.open('/admin/fallback-sources', appearance);
    await row(page, 'Silent hub').waitFor();
    return page;
  };

  describe('list', () => {
    it.each(APPEARANCES)('shows health, $theme at $width px', async (appearance) => {
      const page = await open(appearance);
      await row(page, 'Broken hub').getByText('Unavailable').filter({ visible: true }).waitFor();
      await row(page, 'Broken hub')
        .getByText(/100% of \d+ requests failed/)
        .filter({ visible: true })
        .waitFor();
      await row(page, 'Broken hub').getByText('HTTP 500').filter({ visible: true }).waitFor();
      await row(page, 'Silent hub').getByText('Disabled').filter({ visible: true }).waitFor();
      expect(await accessibilityViolations(page)).toEqual([]);
      expect(await overflowsHorizontally(page)).toBe(false);
      await saveScreenshot(page, `admin-sources-${appearance.theme}-${appearance.width}`);
      await page.getByRole('button', { name: 'Add source' }).click();
      await page.getByText('More settings').click();
      await page.getByLabel('Exclude').waitFor();
      expect(await accessibilityViolations(page)).toEqual([]);
      await saveScreenshot(page, `admin-source-${appearance.theme}-${appearance.width}`);
      expect(page.consoleErrors).toEqual([]);
    });

    it('updates health while the page is open', async () => {
      const page = await open();
      await row(page, 'Team hub')
        .getByText(/of 6 requests failed/)
        .filter({ visible: true })
        .waitFor();
      await admin.sendRequest('/api/models/nowhere/another');
      await row(page, 'Team hub')
        .getByText(/of 7 requests failed/)
        .filter({ visible: true })
        .waitFor();
    });

    it('sources set by environment variables are read-only, with an explanation', async () => {
      const page = await open();
      const environmentRow = row(page, /HuggingFace/);
      await environmentRow.getByText('Environment', { exact: true }).waitFor();
      await environmentRow.getByText('Priority is set by an environment variable').waitFor({ state: 'attached' });
      expect(await environmentRow.getByRole('switch').isDisabled()).toBe(true);
      await page.getByRole('button', { name: 'Actions for HuggingFace' }).click();
      expect(await page.getByRole('menuitem').allTextContents()).toEqual(['Test connection']);
    });

    it('searches and filters sources', async () => {
      const page = await open();
      await page.getByRole('searchbox', { name: 'Search sources' }).fill('broken');
      await row(page, 'Team hub').waitFor({ state: 'detached' });
      await expectEventually(() => shown(page), ['Broken hub']);
      expect(await page.getByRole('button', { name: 'Move Broken hub' }).count()).toBe(0);
      await page.getByRole('searchbox', { name: 'Search sources' }).fill('nothing like it');
      await page.getByRole('button', { name: 'Clear filters' }).click();
      await page.getByLabel('Status').selectOption('unhealthy');
      await expectEventually(() => shown(page), ['Broken hub']);
      await page.getByLabel('Status').selectOption('disabled');
      await expectEventually(() => shown(page), ['Silent hub']);
    });

    it('shows a rate-limit hold with its end and what to do, until the cache is cleared', async () => {
      const lost = admin.upstreams['Lost hub']!;
      const { reply } = lost;
      lost.reply = json(429, { error: 'slow down' }, { ratelimit: '"api";r=0;t=200' });
      await admin.sendRequest('/api/models/nowhere/limited');
      lost.reply = reply;
      interface Held {
        readonly name: string;
        readonly holds: readonly { readonly until: string }[];
      }
      const health = await admin.api<Held[]>('GET', '/fallback-sources/health');
      const { until } = health.find(({ name }) => name === 'Lost hub')!.holds[0]!;
      const page = await open();
      const end = await page.evaluate(`new Date('${until}').toLocaleTimeString()`);
      const held = row(page, 'Lost hub');
      const shownIn = (text: string): Promise<void> => held.getByText(text).filter({ visible: true }).waitFor();
      await shownIn('Rate limited');
      await shownIn(`No anonymous "api" requests until ${String(end)}`);
      await shownIn('A token raises the limits of most hubs.');
      await held.getByRole('link', { name: 'Clear the cache' }).filter({ visible: true }).click();
      await page.getByRole('button', { name: 'Clear cache' }).click();
      await page.getByRole('alertdialog').getByRole('button', { name: 'Clear cache' }).click();
      await expectEventually(
        async () => (await admin.api<Held[]>('GET', '/fallback-sources/health')).flatMap(({ holds }) => holds),
        [],
      );
      await page.goBack();
      await held.waitFor();
      await held.getByText('Rate limited').filter({ visible: true }).waitFor({ state: 'hidden' });
      expect(page.consoleErrors).toEqual([]);
    });
  });

  describe('edit', () => {
    let upstream: FakeUpstream;
    beforeAll(async () => {
      upstream = await FakeUpstream.start((response, request) =>
        json(request.url.includes('whoami') && request.headers.authorization !== 'Bearer hf_right' ? 401 : 200, [])(
          response,
          request,
        ),
      );
    });
    afterAll(() => upstream.close());
    beforeEach(() => admin.reset());
    afterAll(() => admin.reset());

    it('validates, tests and creates a source', async () => {
      const page = await open();
      await page.getByRole('button', { name: 'Add source' }).click();
      const dialog = page.getByRole('dialog');
      const url = dialog.getByLabel('URL');
      await url.fill('ftp://nowhere');
      await dialog.getByLabel('Priority').fill('0');
      await dialog.getByRole('button', { name: 'Create' }).click();
      await dialog.getByText('Must be an http:// or https:// URL').waitFor();
      await dialog.getByText('Must be a whole number from 1 to 10000').waitFor();
      await page.waitForFunction(`document.activeElement?.getAttribute('aria-invalid') === 'true'`);
      await url.fill(upstream.url);
      await dialog.getByLabel('Priority').fill('7');
      await dialog.getByLabel('Name', { exact: true }).fill('Lost hub');
      await dialog.getByRole('button', { name: 'Create' }).click();
      await dialog.getByText('Already taken').waitFor();
      await dialog.getByLabel('Name', { exact: true }).fill('Fresh');
      await dialog.getByLabel('Namespace').fill('ml-team');
      await dialog.getByLabel('Token', { exact: true }).fill('hf_wrong');
      await dialog.getByRole('button', { name: 'Test connection' }).click();
      await dialog.getByText('Connected, but the token was rejected.').waitFor();
      await dialog.getByText('Token rejected').waitFor();
      expect(await source('Fresh')).toBeUndefined();
      await dialog.getByLabel('Token', { exact: true }).fill('hf_right');
      await dialog.getByRole('button', { name: 'Test connection' }).click();
      await dialog.getByText('Connected. The token is accepted.').waitFor();
      await dialog.getByText('More settings').click();
      await dialog.getByLabel('Include').fill('ml-team/*\n\ndataset:ml-team/*\n');
      const rule = (number: number) => dialog.getByRole('listitem', { name: `Rule ${number}` });
      for (const pattern of ['*.bin', '*.safetensors', '*.h5']) {
        await dialog.getByRole('button', { name: 'Add rule' }).click();
        await page.keyboard.type(pattern); // the new rule has the focus
      }
      await rule(3).getByLabel('Downloads of these files').selectOption({ label: 'Deny downloads' });
      await rule(3).getByRole('button', { name: 'Move rule 3 up' }).click();
      await rule(1).getByRole('button', { name: 'Remove rule 1' }).click();
      await rule(2).getByLabel('At least').fill('ten');
      await dialog.getByRole('button', { name: 'Create' }).click();
      await dialog.getByText('Rule 2: min_size must be a number of bytes').waitFor();
      await rule(2).getByLabel('At least').fill('10 MB');
      await rule(2).getByLabel('Type').selectOption({ label: 'Models' });
      const xet = dialog.getByLabel('Downloads over Xet');
      await xet.selectOption({ label: 'From the storage of the source' });
      await dialog.getByRole('button', { name: 'Create' }).click();
      await dialog.getByText('pass requires a source without credentials').waitFor();
      await xet.selectOption({ label: 'Through this hub' });
      await dialog.getByRole('button', { name: 'Create' }).click();
      await dialog.waitFor({ state: 'detached' });
      await row(page, 'Fresh').getByText('ml-team only').waitFor();
      expect(await source('Fresh')).toMatchObject({
        has_token: true,
        namespace: 'ml-team',
        priority: 7,
        delivery: 'redirect',
        xet: 'relay',
        on_error: 'next',
        include: ['ml-team/*', 'dataset:ml-team/*'],
        rules: [
          { files: '*.h5', delivery: 'deny' },
          { files: '*.safetensors', min_size: 10_000_000, types: ['model'], delivery: 'cache' },
        ],
      });
      await row(page, 'Fresh').getByText('2 rules').waitFor();
      expect(await page.content()).not.toContain('hf_right');
      // The page explains the rejected requests; the browser logs their statuses as well.
      expect(page.consoleErrors.filter((text) => !/status of 40[09]/.test(text))).toEqual([]);
    });

    it('proposes to require sign-in for a source with a token, and warns without', async () => {
      const page = await open();
      await page.getByRole('button', { name: 'Add source' }).click();
      const dialog = page.getByRole('dialog');
      const note = dialog.getByRole('status');
      await dialog.getByLabel('URL').fill('https://private.example');
      expect(await note.count()).toBe(0);
      await dialog.getByLabel('Token', { exact: true }).fill('hf_private');
      await note.getByText('Anonymous visitors cannot use this source.').waitFor();
      await note.getByRole('button', { name: 'Allow anonymous users' }).click();
      await note.getByText('Everyone, also without signing in, can read the private repositories').waitFor();
      expect(await accessibilityViolations(page)).toEqual([]);
      await note.getByRole('button', { name: 'Require sign-in' }).click();
      await dialog.getByRole('button', { name: 'Create' }).click();
      await dialog.waitFor({ state: 'detached' });
      expect(await source('private.example')).toMatchObject({ has_token: true, require_auth: true });
    });

    it('reports failed connection tests', async () => {
      const page = await open();
      await act(page, 'Broken hub', 'Test connection');
      await page.getByText('It reports an internal error (HTTP 500).').waitFor();
      await page.getByRole('dialog').getByRole('button', { name: 'Close' }).first().click();
      await act(page, 'Silent hub', 'Test connection');
      await page.getByText('It did not respond in time.').waitFor();
      await page.getByText('No response', { exact: true }).waitFor();
    });

    it('keeps, replaces or removes the token, and asks before sending it to another host', async () => {
      const page = await open();
      const dialog = page.getByRole('dialog');
      const edit = () => act(page, 'Team hub', 'Edit');
      const save = async () => {
        await dialog.getByRole('button', { name: 'Save' }).click();
        await dialog.waitFor({ state: 'detached' });
      };
      await edit();
      await dialog.getByLabel('Namespace').fill('team');
      await save();
      expect(await source('Team hub')).toMatchObject({ namespace: 'team', has_token: true });
      await edit();
      await dialog.getByLabel('URL').fill('https://elsewhere.example');
      await dialog.getByText('Enter the token again or remove it').waitFor();
      await dialog.getByRole('button', { name: 'Save' }).click();
      await dialog.getByLabel('Replace the token').check();
      await dialog.getByLabel('New token').fill('hf_another');
      await save();
      expect(await source('Team hub')).toMatchObject({ url: 'https://elsewhere.example', has_token: true });
      await edit();
      expect(await page.content()).not.toContain('hf_another');
      await dialog.getByLabel('Remove the token').check();
      await save();
      expect(await source('Team hub')).toMatchObject({ has_token: false });
    });

    it('toggles a source, and reverts the switch when the hub rejects the change', async () => {
      const page = await open();
      const toggle = row(page, 'Silent hub').getByRole('switch');
      await toggle.click();
      await expectEventually(async () => (await source('Silent hub'))?.enabled, true);
      await page.route('**/admin/api/fallback-sources/*', (route) =>
        route.request().method() === 'PUT'
          ? route.fulfill({ status: 503, json: { error: 'No database now' } })
          : route.continue(),
      );
      await toggle.click();
      await page.getByText('Silent hub not disabled: No database now.', { exact: true }).waitFor();
      expect(await toggle.getAttribute('aria-checked')).toBe('true');
    });

    it('deletes a source after confirmation', async () => {
      const page = await open();
      await act(page, 'Lost hub', 'Delete');
      await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel' }).click();
      await act(page, 'Lost hub', 'Delete');
      await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
      await page.getByText('Source "Lost hub" deleted', { exact: true }).waitFor(); // rows are hidden while the dialog is open
      await row(page, 'Lost hub').waitFor({ state: 'detached' });
      expect(await names()).not.toContain('Lost hub');
    });
  });

  describe('reorder', () => {
    const START = ['HuggingFace', 'Team hub', 'Lost hub', 'Broken hub', 'Silent hub'];
    beforeEach(() => admin.reset());

    it('by drag and drop', async () => {
      const page = await open();
      const from = (await page.getByRole('button', { name: 'Move Silent hub' }).boundingBox())!;
      const to = (await row(page, 'Team hub').boundingBox())!;
      await page.mouse.move(from.x + 8, from.y + 8);
      await page.mouse.down();
      await page.mouse.move(from.x + 8, from.y - 40, { steps: 5 });
      await page.mouse.move(from.x + 8, to.y + 10, { steps: 20 });
      await page.mouse.up();
      const wanted = ['HuggingFace', 'Silent hub', 'Team hub', 'Lost hub', 'Broken hub'];
      await expectEventually(names, wanted);
      expect(await shown(page)).toEqual(wanted);
      await page.getByText('Silent hub is now 2 of 5').waitFor({ state: 'attached' });
    });

    it('by keyboard, repeatedly, keeping the focus on the moved source', async () => {
      const page = await open();
      const handle = page.getByRole('button', { name: 'Move Silent hub' });
      await handle.focus();
      for (let n = 0; n < 3; n++) await page.keyboard.press('Alt+ArrowUp');
      const wanted = ['HuggingFace', 'Silent hub', 'Team hub', 'Lost hub', 'Broken hub'];
      await expectEventually(() => shown(page), wanted);
      await expectEventually(names, wanted);
      expect(await page.evaluate('document.activeElement.ariaLabel')).toMatch(/^Move Silent hub/);
      await page.keyboard.press('ArrowDown');
      await page.getByText('Silent hub is now 3 of 5').waitFor({ state: 'attached' });
      await expectEventually(names, ['HuggingFace', 'Team hub', 'Silent hub', 'Lost hub', 'Broken hub']);
    });

    it('from the menu', async () => {
      const page = await open();
      await act(page, 'Team hub', 'Move down');
      await expectEventually(names, ['HuggingFace', 'Lost hub', 'Team hub', 'Broken hub', 'Silent hub']);
    });

    it('restores the old order when environment priorities leave no gap', async () => {
      const page = await open();
      await act(page, 'Team hub', 'Move up');
      await page
        .getByText(/^Order not changed: Invalid order of sources/)
        .first()
        .waitFor();
      await expectEventually(() => shown(page), START);
      expect(await names()).toEqual(START);
    });
  });

  describe('import and export', () => {
    beforeEach(() => admin.reset());
    const file = (content: string) => ({
      name: 'sources.json',
      mimeType: 'application/json',
      buffer: Buffer.from(content),
    });

    it('exports without tokens, and previews changes before an import', async () => {
      const page = await open();
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: 'Export' }).click(),
      ]);
      const text = await readFile(await download.path(), 'utf8');
      expect(text).not.toContain('token');
      const { sources } = JSON.parse(text) as { sources: Record<string, unknown>[] };
      expect(sources.map(({ name }) => name)).toEqual(['Team hub', 'Lost hub', 'Broken hub', 'Silent hub']);

      const dialog = page.getByRole('dialog');
      await page.getByRole('button', { name: 'Import' }).click();
      await dialog.getByLabel('Sources file').setInputFiles(file(text));
      await dialog.getByText('4 unchanged').waitFor();
      expect(await dialog.getByRole('button', { name: 'No changes' }).isDisabled()).toBe(true);

      const [team, lost, broken] = sources;
      const credentials = { basic_auth: 'hub:s3cret-password', headers: { 'X-Gateway-Key': 's3cret-key' } };
      const fixed = { ...broken, name: 'Fixed hub', url: 'https://fixed.example', timeout_seconds: 7, ...credentials };
      const next = [
        team,
        { ...lost, priority: 1, timeout_seconds: 9 },
        fixed,
        { ...fixed, name: 'Env', origin: 'env' },
      ];
      await dialog.getByLabel('Sources file').setInputFiles(file(JSON.stringify(next)));
      await dialog.getByText('1 added, 1 changed, 2 removed, 1 unchanged').waitFor();
      await dialog.getByText('stored token kept').waitFor();
      await dialog.getByText('Priority: 11 → 1').waitFor();
      await dialog.getByText('Timeout: none → 9').waitFor();
      for (const text of ['URL: https://fixed.example', 'Timeout: 7']) await dialog.getByText(text).waitFor();
      for (const text of ['new user and password', 'new request headers (X-Gateway-Key)'])
        await dialog.getByText(text).waitFor();
      expect(await dialog.textContent()).not.toContain('s3cret');
      expect(await accessibilityViolations(page)).toEqual([]);
      await saveScreenshot(page, 'admin-import');
      await dialog.getByRole('button', { name: 'Replace all sources' }).click();
      await dialog.waitFor({ state: 'detached' });
      await row(page, 'Fixed hub').waitFor();
      expect(await names()).toEqual(['HuggingFace', 'Lost hub', 'Team hub', 'Fixed hub']);
      expect(await source('Team hub')).toMatchObject({ has_token: true });

      const without = [{ ...(await source('Fixed hub')), headers: null }];
      await page.getByRole('button', { name: 'Import' }).click();
      await dialog.getByLabel('Sources file').setInputFiles(file(JSON.stringify(without)));
      await dialog.getByText('stored user and password kept').waitFor();
      await dialog.getByText('stored request headers deleted').waitFor();
      await dialog.getByText('stored token deleted').waitFor();
    });

    it.each([
      ['invalid JSON', '[\n  {"name": "A"\n   "url": "x"}\n]', ['Line 3', 'Missing comma']],
      ['a value that is not a list', '{"hubs": []}', ['Line 1', 'Expected a list of sources']],
      [
        'bad sources',
        '[\n  {"name": "A", "url": "https://a.example", "source_type": "huggingface"},\n  {\n    "name": "B",\n    "url": "nowhere",\n    "source_type": "github",\n    "colour": 1\n  }\n]',
        [
          'Line 5',
          'Must be an http:// or https:// URL',
          'Line 6',
          'Must be one of huggingface, kohakuhub',
          'Line 7',
          'Unknown field',
        ],
      ],
    ])('rejects %s with line numbers', async (_, content, messages) => {
      const page = await open();
      await page.getByRole('button', { name: 'Import' }).click();
      await page.getByLabel('Sources file').setInputFiles(file(content));
      for (const text of messages) await page.getByRole('alert').getByText(text).first().waitFor();
      expect(await page.getByRole('button', { name: 'Replace all sources' }).isDisabled()).toBe(true);
      expect(await names()).toHaveLength(5);
    });
  });
});
