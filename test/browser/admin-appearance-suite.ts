import { advanceClockUntil, type AdminFixture } from './admin-fixture.js';
import { accessibilityViolations, saveScreenshot, APPEARANCES, overflowsHorizontally } from './page-checks.js';

export const describeAdminAppearance = (shared: () => AdminFixture): void => {
  let admin: AdminFixture;
  beforeAll(async () => {
    admin = shared();
    await admin.fixture.repository(await admin.fixture.tokenOf('alice'), 'model', 'alice/large', {
      'big.bin': Buffer.alloc(200_000),
    });
    await admin.api('PUT', '/accounts/acme', { reserved: true });
    await admin.api('PUT', '/repositories/dataset/acme/rows', { disabled: true });
    for (let n = 0; n < 6; n++) await admin.sendRequest(`/api/models/nowhere/model-${n}`);
    await admin.sendRequest('/api/models/far-ai/shown');
    await admin.sendRequest('/api/models/far-ai/shown');
  });
  afterAll(() => admin.api('PUT', '/accounts/acme', { reserved: false }));

  it.each(APPEARANCES)(
    'all pages, $theme at $width px',
    async (appearance) => {
      const page = await admin.open('/admin', { ...appearance, clock: true });
      for (const [path, text] of [
        ['', 'Requests per second'],
        ['/fallback-sources', 'Silent hub'],
        ['/cache', 'Evict a repository'],
        ['/prefetch', 'No prefetch jobs'],
        ['/chain-tester', 'Request'],
        ['/accounts', 'acme'],
        ['/repositories', 'alice/near'],
      ] as const) {
        await page.goto(`/admin${path}`);
        await page.getByText(text, { exact: true }).first().waitFor();
        await advanceClockUntil(page, page.getByText('Collecting data while this page is open'), 'gone');
        await page.locator('[aria-busy=true]').first().waitFor({ state: 'detached' });
        expect([path, await accessibilityViolations(page)]).toEqual([path, []]);
        expect([path, await overflowsHorizontally(page)]).toEqual([path, false]);
        await saveScreenshot(page, `admin${path.replace('/', '-')}-${appearance.theme}-${appearance.width}`);
      }
      expect(page.consoleErrors).toEqual([]);
    },
    90_000,
  );
};
