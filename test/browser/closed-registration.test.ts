import { ScriptedProvider } from '../support/scripted-provider.js';
import { BrowserFixture, PASSWORD } from './browser-fixture.js';
import { describeInvitations } from './invitations-suite.js';
import { accessibilityViolations } from './page-checks.js';

describe('a new hub with closed registration and a sign-in provider', () => {
  let fixture: BrowserFixture;
  let provider: ScriptedProvider;
  beforeAll(async () => {
    provider = await ScriptedProvider.start();
    const closed = {
      KOHAKU_HUB_REGISTRATION: 'closed',
      KOHAKU_HUB_OIDC_ADMIN_GROUP: 'hub-admins',
      KOHAKU_HUB_TRUSTED_PROXIES: '127.0.0.1',
    };
    fixture = await BrowserFixture.start([], { ...provider.settings, ...closed });
  }, 60_000);
  afterAll(async () => {
    await fixture.close();
    await provider.close();
  });

  it('explains that accounts are created by the administrator', async () => {
    const page = await fixture.view();
    await page.goto('/join');
    await page.getByText('Registration is closed').waitFor();
    expect(await page.getByRole('link', { name: 'Sign up' }).count()).toBe(0);
    expect(await accessibilityViolations(page)).toEqual([]);
    await page.getByRole('main').getByRole('link', { name: 'Sign in' }).click();
    await page.getByText('No account? Ask an administrator for an invitation.').waitFor();
  });

  it('creates its first administrator, whose account opens the portal', async () => {
    const page = await fixture.view();
    await page.goto('/login');
    await page.getByRole('link', { name: 'Create the first administrator' }).click();
    await page.getByLabel(/^Admin token/).fill(fixture.hub.adminToken);
    await page.getByLabel('Username').fill('root-user');
    await page.getByLabel(/^Password/).fill(PASSWORD);
    expect(await accessibilityViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Create administrator' }).click();
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    await page.goto('/setup');
    await page.getByText('This hub is set up').waitFor();
  });

  it('signs users in with the provider, and out again', async () => {
    provider.user = { sub: 'u-1', preferred_username: 'alice', email: 'alice@example.com', groups: ['hub-admins'] };
    const page = await fixture.view();
    await page.goto('/login?next=/settings/sign-in');
    expect(await accessibilityViolations(page)).toEqual([]);
    await page.getByRole('link', { name: 'Continue with Acme ID' }).click();
    await page.getByText('Acme ID: alice@example.com').waitFor();
    await page.getByText('This browser').waitFor();
    expect(await accessibilityViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Account menu for alice' }).click();
    await page.getByRole('menuitem', { name: 'Admin portal' }).click();
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    await page.getByRole('link', { name: 'Accounts' }).click();
    await page
      .getByRole('row', { name: /root-user/ })
      .getByText('Admin', { exact: true })
      .waitFor();
    await page.getByRole('button', { name: 'Account menu for alice' }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByRole('banner').getByRole('link', { name: 'Sign in' }).waitFor();
    expect(provider.requests).toContain('/logout');
    expect(page.consoleErrors).toEqual([]);
  });

  it('shows that the provider has refused, or is down', async () => {
    provider.misbehaviour = { error: 'access_denied' };
    const page = await fixture.view();
    await page.goto('/login');
    await page.getByRole('link', { name: 'Continue with Acme ID' }).click();
    await page.getByText('Acme ID did not sign you in.').waitFor();
    await page.goto('/login?problem=%3Cscript%3E&provider=oidc');
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
  });

  describe('invites users', () => describeInvitations(() => fixture));
});
