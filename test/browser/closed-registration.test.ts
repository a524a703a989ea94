import { BrowserFixture } from './browser-fixture.js';
import { accessibilityViolations } from './page-checks.js';

describe('a hub with closed registration', () => {
  let fixture: BrowserFixture;
  beforeAll(async () => {
    fixture = await BrowserFixture.start([], { KOHAKU_HUB_REGISTRATION: 'closed' });
  }, 60_000);
  afterAll(() => fixture.close());

  it('explains that accounts are created by the administrator', async () => {
    const page = await fixture.view();
    await page.goto('/join');
    await page.getByText('Registration is closed').waitFor();
    expect(await page.getByRole('link', { name: 'Sign up' }).count()).toBe(0);
    expect(await accessibilityViolations(page)).toEqual([]);
    await page.getByRole('main').getByRole('link', { name: 'Sign in' }).click();
    await page.getByText('No account? Ask an administrator.').waitFor();
  });
});
