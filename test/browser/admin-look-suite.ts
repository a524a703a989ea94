import { passTime, type AdminStage } from './admin-stage.js';
import { barriers, keepPicture, LOOKS, overflows } from './look.js';

export const describeLook = (shared: () => AdminStage): void => {
  let admin: AdminStage;
  beforeAll(async () => {
    admin = shared();
    await admin.stage.repository(await admin.stage.tokenOf('alice'), 'model', 'alice/large', {
      'big.bin': Buffer.alloc(200_000),
    });
    await admin.api('PUT', '/accounts/acme', { reserved: true });
    await admin.api('PUT', '/repositories/dataset/acme/rows', { disabled: true });
    for (let n = 0; n < 6; n++) await admin.ask(`/api/models/nowhere/model-${n}`);
    await admin.ask('/api/models/far-ai/shown');
    await admin.ask('/api/models/far-ai/shown');
  });
  afterAll(() => admin.api('PUT', '/accounts/acme', { reserved: false }));

  it.each(LOOKS)(
    'every page, $theme at $width px',
    async (look) => {
      const page = await admin.open('/admin', { ...look, clock: true });
      for (const [path, text] of [
        ['', 'Requests per second'],
        ['/fallback-sources', 'Silent hub'],
        ['/cache', 'Evict a repository'],
        ['/chain-tester', 'Request'],
        ['/accounts', 'acme'],
        ['/repositories', 'alice/near'],
      ] as const) {
        await page.goto(`/admin${path}`);
        await page.getByText(text, { exact: true }).first().waitFor();
        await passTime(page, page.getByText('Collecting data while this page is open'), 'gone');
        await page.locator('[aria-busy=true]').first().waitFor({ state: 'detached' });
        expect([path, await barriers(page)]).toEqual([path, []]);
        expect([path, await overflows(page)]).toEqual([path, false]);
        await keepPicture(page, `admin${path.replace('/', '-')}-${look.theme}-${look.width}`);
      }
      expect(page.complaints).toEqual([]);
    },
    90_000,
  );
};
