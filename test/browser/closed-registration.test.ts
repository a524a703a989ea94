import { BrowserStage } from './browser-stage.js';
import { barriers } from './look.js';

describe('a hub whose administrator makes the accounts', () => {
  let stage: BrowserStage;
  beforeAll(async () => {
    stage = await BrowserStage.start([], { KOHAKU_HUB_REGISTRATION: 'closed' });
  }, 60_000);
  afterAll(() => stage.close());

  it('says so', async () => {
    const page = await stage.view();
    await page.goto('/join');
    await page.getByText('Registration is closed').waitFor();
    expect(await page.getByRole('link', { name: 'Sign up' }).count()).toBe(0);
    expect(await barriers(page)).toEqual([]);
    await page.getByRole('main').getByRole('link', { name: 'Sign in' }).click();
    await page.getByText('The administrator makes them.').waitFor();
  });
});
