import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Locator } from 'playwright-core';
import { blockRequests, expectRecoveryAfterRetry } from './admin-outage.js';
import { advanceClockUntil, type AdminPage, type AdminFixture } from './admin-fixture.js';
import { accessibilityViolations } from './page-checks.js';

const PACKAGE = resolve(import.meta.dirname, '../../package.json');

export const describeOverview = (shared: () => AdminFixture): void => {
  let admin: AdminFixture;
  beforeAll(() => {
    admin = shared();
  });

  const open = async (): Promise<AdminPage> => {
    const page = await admin.open('/admin', { clock: true });
    await page.getByRole('heading', { name: 'Health' }).waitFor();
    return page;
  };
  const part = (page: AdminPage, name: string): Locator =>
    page.getByRole('listitem').filter({ hasText: new RegExp(`^${name}(?! owner)`) });
  const figure = (page: AdminPage, title: string): Locator =>
    page.locator('dl > div').filter({ has: page.getByText(title, { exact: true }) });
  const chart = (page: AdminPage, title: string): Locator => page.getByRole('figure', { name: title });

  it('shows healthy components and the version', async () => {
    const page = await open();
    for (const name of ['Database', 'Storage', 'Sources']) await part(page, name).getByText('Healthy').waitFor();
    await part(page, 'Sources').getByText('5 configured').waitFor();
    await part(page, 'Names').waitFor();
    const { version } = JSON.parse(await readFile(PACKAGE, 'utf8')) as { version: string };
    await figure(page, 'Version').getByText(version, { exact: true }).waitFor();
    await figure(page, 'Version').getByText(`Node ${process.versions.node}`).waitFor();
    await figure(page, 'Cache hit rate').getByText('0 of 10K entries').waitFor();
    expect(page.consoleErrors).toEqual([]);
  });

  it('updates request counts, rates and upstream latency', async () => {
    const page = await open();
    const count = async (): Promise<number> =>
      Number((await figure(page, 'Responses').locator('dd').first().innerText()).replace(',', ''));
    const before = await count();
    const requests = chart(page, 'Requests per second');
    await advanceClockUntil(page, requests.getByText('Collecting data'), 'gone');
    for (let n = 0; n < 8; n++) await admin.sendRequest('/api/models/far-ai/shown');
    const reads = requests.getByRole('listitem').filter({ hasText: 'Reads' });
    await advanceClockUntil(page, reads.getByText(/[1-9].*\/s/));
    expect(await count()).toBeGreaterThanOrEqual(before + 8);
    await chart(page, 'Median upstream latency')
      .getByRole('listitem')
      .filter({ hasText: 'HuggingFace' })
      .getByText(/\d ms/)
      .waitFor();
    expect(await accessibilityViolations(page)).toEqual([]);
  });

  it('names unhealthy sources and links to them', async () => {
    for (let n = 0; n < 6; n++) await admin.sendRequest(`/api/models/nowhere/model-${n}`);
    const page = await open();
    const sources = part(page, 'Sources');
    await sources.getByText('Degraded').waitFor();
    await sources.getByText('Unhealthy: Broken hub').waitFor();
    await sources.getByRole('link').click();
    await page.getByRole('row').filter({ hasText: 'Broken hub' }).waitFor();
  });

  it('keeps the last known values while the hub does not respond', async () => {
    const page = await open();
    const join = await blockRequests(page, '**/metrics/summary');
    const alert = page.getByRole('alert');
    await advanceClockUntil(page, alert.getByText('The hub is not responding. These are the last known values.'));
    await part(page, 'Database').getByText('Healthy').waitFor();
    await join();
    await advanceClockUntil(page, alert, 'gone');
  });

  it('reports an unreachable hub and recovers on retry', async () => {
    await expectRecoveryAfterRetry(await open(), {
      path: '/admin',
      addresses: '**/metrics/summary',
      answered: 'Health',
    });
  });
};
