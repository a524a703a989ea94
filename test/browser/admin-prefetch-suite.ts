import { FakeHuggingFace } from '../support/fake-huggingface.js';
import type { AdminFixture } from './admin-fixture.js';
import { accessibilityViolations, overflowsHorizontally } from './page-checks.js';

export const describePrefetch = (shared: () => AdminFixture): void => {
  let admin: AdminFixture;
  let upstream: FakeHuggingFace;
  beforeAll(async () => {
    admin = shared();
    const files = { 'weights.bin': { lfs: Buffer.alloc(3_000_000, 1) }, 'config.json': '{}' };
    upstream = await FakeHuggingFace.start({ repos: [{ id: 'warm/model', files }], direct: true });
    const setting = { name: 'Warm hub', url: upstream.url, source_type: 'huggingface', delivery: 'cache' };
    await admin.api('POST', '/fallback-sources', { ...setting, include: ['warm/*'], priority: 4 });
  });
  afterAll(async () => {
    await admin.api('DELETE', '/content-cache/model/warm/model');
    await admin.reset();
    await upstream.close();
  });

  it('forecasts a job, runs it and removes it', async () => {
    const page = await admin.open('/admin/prefetch');
    await page.getByText('No prefetch jobs').waitFor();
    await page.getByRole('button', { name: 'New job' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Forecast size' }).click();
    await dialog.getByRole('alert').first().waitFor();
    expect(await accessibilityViolations(page)).toEqual([]);

    await dialog.getByLabel('Repository').fill('warm/model');
    await dialog.getByLabel('Files').fill('*.bin');
    await dialog.getByRole('button', { name: 'Forecast size' }).click();
    await dialog.getByText('1 file, 3.00 MB').waitFor();
    expect([await accessibilityViolations(page), await overflowsHorizontally(page)]).toEqual([[], false]);

    await dialog.getByRole('button', { name: 'Start job' }).click();
    await page.getByText('Complete', { exact: true }).waitFor();
    await page.getByText(/1 of 1 file,\s+3\.00 MB of 3\.00 MB/).waitFor();
    await page.getByRole('progressbar', { name: 'Progress of warm/model' }).waitFor();
    expect([await accessibilityViolations(page), await overflowsHorizontally(page)]).toEqual([[], false]);
    await page.getByRole('button', { name: 'Remove' }).click();
    await page.getByText('No prefetch jobs').waitFor();
    expect(page.consoleErrors).toEqual([]);
  });
};
