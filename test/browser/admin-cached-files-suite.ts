import { CountingSource } from '../support/counting-source.js';
import { eventually } from '../support/eventually.js';
import { FakeUpstream } from '../support/fake-upstream.js';
import type { AdminFixture } from './admin-fixture.js';
import { accessibilityViolations } from './page-checks.js';

export const describeCachedFiles = (shared: () => AdminFixture): void => {
  let admin: AdminFixture;
  let upstream: FakeUpstream;
  beforeAll(async () => {
    admin = shared();
    const source = new CountingSource();
    source.files.set('weights.bin', Buffer.alloc(3_000_000, 1));
    source.files.set('config.json', Buffer.from('{}'));
    upstream = await FakeUpstream.start(source.reply);
    const setting = { name: 'Cached hub', url: upstream.url, source_type: 'huggingface', delivery: 'cache' };
    await admin.api('POST', '/fallback-sources', { ...setting, include: ['cached/*'], priority: 5 });
    for (const file of ['weights.bin', 'config.json'])
      await eventually(async () => {
        const response = await fetch(`${admin.fixture.hub.url}/cached/model/resolve/main/${file}`);
        await response.arrayBuffer();
        return response.headers.get('x-cache') === 'hit';
      });
  });
  afterAll(async () => {
    await admin.api('DELETE', '/content-cache/model/cached/model');
    await admin.reset();
    await upstream.close();
  });

  it('shows what is cached, pins it, and removes the rest', async () => {
    const page = await admin.open('/admin/content-cache');
    const row = page.getByRole('row', { name: /cached\/model/ });
    await row.getByText('3.00 MB').waitFor();
    await page.getByText('of 100 GB, 2 files').waitFor();
    await page.getByText(/Last hour: \d+ hits?, \d+ fills?/).waitFor();
    await row.getByRole('button', { name: 'Files of cached/model' }).click();
    const files = page.getByRole('list', { name: 'Cached files of cached/model' });
    await files.getByText('weights.bin').waitFor();
    expect(await accessibilityViolations(page)).toEqual([]);

    await page.getByLabel('Repositories', { exact: false }).last().fill('cached/*');
    await page.getByRole('form', { name: 'Add a pin' }).getByLabel('Files').fill('/x');
    await page.getByRole('button', { name: 'Add pin' }).click();
    await page.getByRole('alert').getByText('Must be a pattern such as *.safetensors').waitFor();
    await page.getByRole('form', { name: 'Add a pin' }).getByLabel('Files').fill('*.json');
    await page.getByRole('button', { name: 'Add pin' }).click();
    await page.getByRole('list', { name: 'Pins' }).getByText('*.json').waitFor();
    await row.getByText('1 pinned').waitFor();

    await row.getByRole('button', { name: 'Actions for cached/model' }).click();
    await page.getByRole('menuitem', { name: 'Remove from cache' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).click();
    await page.getByText('Removed 1 file (3.00 MB) of cached/model', { exact: true }).waitFor();
    await files.getByText('weights.bin').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Delete the pin of cached/*' }).click();
    await page.getByText('No pins.').waitFor();
    await page.getByLabel('Search cached repositories').fill('nothing');
    await page.getByText('No matching repositories').waitFor();
    expect(page.consoleErrors.filter((text) => !/status of 400/.test(text))).toEqual([]);
  });

  it('has a card in the overview', async () => {
    const page = await admin.open('/admin');
    await page.getByText('Downloads from the cache').waitFor();
    await page.getByRole('link', { name: 'Cached files' }).first().waitFor();
  });
};
