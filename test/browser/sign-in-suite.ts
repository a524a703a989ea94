import { PASSWORD, type BrowserFixture } from './browser-fixture.js';
import { accessibilityViolations, saveScreenshot, APPEARANCES, overflowsHorizontally } from './page-checks.js';

type View = Awaited<ReturnType<BrowserFixture['view']>>;

export const describeSignIn = (shared: () => BrowserFixture): void => {
  let fixture: BrowserFixture;

  beforeAll(() => {
    fixture = shared();
  });

  const signIn = async (page: View, password = PASSWORD): Promise<void> => {
    await page.getByLabel('Username').fill('alice');
    await page.getByLabel(/^Password/).fill(password);
    await page.getByRole('main').getByRole('button', { name: 'Sign in' }).click();
  };

  it.each(APPEARANCES)('both forms, $theme at $width px', async (appearance) => {
    const page = await fixture.view(appearance);
    for (const [path, heading] of [
      ['/login', 'Sign in'],
      ['/join', 'Sign up for Hubfall'],
    ] as const) {
      await page.goto(path);
      await page.getByRole('heading', { name: heading }).waitFor();
      expect(await accessibilityViolations(page)).toEqual([]);
      expect(await overflowsHorizontally(page)).toBe(false);
      await saveScreenshot(page, `${path.slice(1)}-${appearance.theme}-${appearance.width}`);
    }
    expect(page.consoleErrors).toEqual([]);
  });

  it('works with the keyboard and returns to the previous page', async () => {
    const page = await fixture.view();
    await page.goto('/datasets?search=x');
    await page.getByRole('textbox', { name: 'Search' }).waitFor(); // the link leads back to this page once its route is loaded
    await page.getByRole('banner').getByRole('link', { name: 'Sign in' }).press('Enter');
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await page.getByLabel('Username').focus();
    await page.keyboard.type('alice');
    await page.keyboard.press('Tab');
    await page.keyboard.type(PASSWORD);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    expect(await page.getByLabel(/^Password/).inputValue()).toBe(PASSWORD);
    expect(await page.getByLabel(/^Password/).getAttribute('type')).toBe('text');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/datasets?search=x');
    await page.getByRole('button', { name: 'Account menu for alice' }).press('Enter');
    await page.getByRole('menuitem', { name: 'Sign out' }).press('Enter');
    await page.getByRole('banner').getByRole('link', { name: 'Sign in' }).waitFor();
    expect(await page.context().cookies()).toEqual([]);
  });

  it('ends in all tabs when a user signs out in one', async () => {
    const page = await fixture.view();
    await page.goto('/login');
    await signIn(page);
    await page.getByRole('button', { name: 'Account menu for alice' }).waitFor();
    const other = await page.context().newPage();
    await other.goto('/models');
    await other.getByRole('button', { name: 'Account menu for alice' }).press('Enter');
    await other.getByRole('menuitem', { name: 'Sign out' }).press('Enter');
    await page.getByRole('banner').getByRole('link', { name: 'Sign in' }).waitFor();
  });

  it('reports a wrong password and keeps the username', async () => {
    const page = await fixture.view();
    await page.goto('/login');
    await signIn(page, 'not the right one');
    await page.getByRole('alert').getByText('Incorrect username or password').waitFor();
    expect(await page.getByLabel('Username').inputValue()).toBe('alice');
    expect(await accessibilityViolations(page)).toEqual([]);
  });

  it.each(['https://evil.example/', '//evil.example/x', '/\\evil.example', 'javascript:alert(1)'])(
    'never leaves the hub for %s',
    async (next) => {
      const page = await fixture.view();
      await page.goto(`/login?next=${encodeURIComponent(next)}`);
      await signIn(page);
      await page.getByRole('button', { name: 'Account menu for alice' }).waitFor();
      await page.waitForURL(`${fixture.hub.url}/`);
    },
  );

  it('signs up and signs in, and validates names while typing', async () => {
    const page = await fixture.view();
    await page.goto('/join');
    await page.getByLabel('Username').fill('no good');
    await page.getByText('Use only letters, digits').waitFor();
    await page.getByLabel('Username').fill('alice');
    await page.getByLabel(/^Password/).fill('short');
    await page.getByRole('button', { name: 'Sign up' }).click();
    await page.getByText('Use at least 8 characters').waitFor();
    await page.getByLabel(/^Password/).fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign up' }).click();
    await page.getByText('Already taken').waitFor();
    await page.getByLabel('Username').fill('berta');
    await page.getByLabel('Full name').fill('<img src=x onerror=alert(1)>');
    await page.getByRole('button', { name: 'Sign up' }).click();
    await page.getByRole('dialog', { name: 'Set up a client' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Account menu for berta' }).waitFor();
  });

  it('shows the waiting time after too many attempts', async () => {
    await fixture.person('guessed');
    const guess = () =>
      fetch(`${fixture.hub.url}/api/auth/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ username: 'guessed', password: 'wrong' }),
      });
    let status = 0;
    for (let n = 0; n < 40 && status !== 429; n += 1) ({ status } = await guess());
    const page = await fixture.view();
    await page.goto('/login');
    await page.getByLabel('Username').fill('guessed');
    await page.getByLabel(/^Password/).fill(PASSWORD);
    await page.getByRole('main').getByRole('button', { name: 'Sign in' }).click();
    await page.getByText(/Too many attempts.* Try again in (\d+ seconds|1 minute)\./).waitFor();
  });

  it('signs in a device with its code, after signing in itself', async () => {
    const device = async (): Promise<{ user_code: string; verification_uri_complete: string }> => {
      const body = new URLSearchParams({ client_id: '26be6b09-91c5-47da-9861-d2d2bb7a7e36' });
      const reply = await fetch(`${fixture.hub.url}/oauth/device`, { method: 'POST', body });
      return (await reply.json()) as { user_code: string; verification_uri_complete: string };
    };
    const page = await fixture.view();
    const first = await device();
    await page.goto(first.verification_uri_complete.slice(fixture.hub.url.length));
    await signIn(page);
    await page.getByRole('heading', { name: 'Sign in Hugging Face CLI as alice?' }).waitFor();
    await page.getByText(first.user_code, { exact: true }).waitFor();
    expect(await accessibilityViolations(page)).toEqual([]);
    await saveScreenshot(page, 'device');
    await page.getByRole('button', { name: 'Authorize' }).click();
    await page.getByText('Device signed in').waitFor();
    await page.goto('/device');
    await page.getByLabel('Code').fill('bcdf-ghjk');
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('alert').getByText('This code is wrong').waitFor();
    await page.getByLabel('Code').fill((await device()).user_code);
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('button', { name: 'Deny' }).click();
    await page.getByText('Request denied').waitFor();
    expect(page.consoleErrors.filter((text) => !text.includes('404'))).toEqual([]);
  });
};
