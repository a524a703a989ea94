import type { BrowserFixture } from './browser-fixture.js';
import { accessibilityViolations, saveScreenshot, APPEARANCES, overflowsHorizontally } from './page-checks.js';

const HOSTILE = '<img src=x onerror="window.intruder=1">';

export const describeAccounts = (shared: () => BrowserFixture): void => {
  let fixture: BrowserFixture;

  beforeAll(async () => {
    fixture = shared();
    const token = await fixture.tokenOf('alice');
    for (const name of ['tiny', 'small', 'middle'])
      await fixture.repository(token, 'model', `alice/${name}`, { 'README.md': `# ${name}\n` });
    await fixture.repository(token, 'dataset', 'acme/rows', { 'rows.csv': 'a,b\n1,2\n' });
    const answer = await fetch(`${fixture.hub.url}/api/users/alice/settings`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        full_name: `Alice ${HOSTILE}`,
        bio: `I train small models.\n${HOSTILE}`,
        website: 'https://alice.example/',
        social_media: { github: 'alice', twitter_x: '@alice' },
      }),
    });
    expect(answer.status).toBe(200);
  });

  it.each(APPEARANCES)('a user profile escapes HTML, $theme at $width px', async (appearance) => {
    const page = await fixture.view(appearance);
    await page.goto('/alice');
    await page.getByRole('heading', { name: `Alice ${HOSTILE}` }).waitFor();
    await page.getByRole('link', { name: 'alice/tiny' }).waitFor();
    await page.getByText(`I train small models.`).waitFor();
    await page.getByRole('link', { name: 'acme' }).waitFor();
    expect(await page.getByRole('link', { name: 'alice.example' }).getAttribute('rel')).toContain('noopener');
    expect(await page.locator('a[href="https://github.com/alice"]').count()).toBe(1);
    expect(await page.evaluate('window.intruder')).toBeUndefined();
    expect(await accessibilityViolations(page)).toEqual([]);
    expect(await overflowsHorizontally(page)).toBe(false);
    expect(page.consoleErrors).toEqual([]);
    await saveScreenshot(page, `account-${appearance.theme}-${appearance.width}`);
  });

  it.each(APPEARANCES)('an external organization, $theme at $width px', async (appearance) => {
    const page = await fixture.view(appearance);
    await page.goto('/far-ai');
    await page.getByRole('heading', { name: 'Far AI' }).waitFor();
    await page.getByRole('link', { name: 'far-ai/shown' }).waitFor();
    await page.getByRole('link', { name: 'noa' }).waitFor();
    // alice is also the name of a local user
    expect(await page.getByRole('link', { name: 'alice' }).getAttribute('href')).toBe(
      `${fixture.huggingFace.url}/alice`,
    );
    const about = page.getByRole('region', { name: 'About' });
    await about.getByText('Source: HuggingFace').waitFor();
    await about.getByText('Limited profile.').waitFor();
    expect(await about.getByRole('link', { name: 'View on HuggingFace' }).getAttribute('href')).toBe(
      `${fixture.huggingFace.url}/far-ai`,
    );
    expect(await page.evaluate('window.intruder')).toBeUndefined();
    expect(await accessibilityViolations(page)).toEqual([]);
    expect(await overflowsHorizontally(page)).toBe(false);
    expect(page.consoleErrors).toEqual([]);
    await saveScreenshot(page, `far-account-${appearance.theme}-${appearance.width}`);
  });

  it('an organization from an earlier reply of its source has a note', async () => {
    const page = await fixture.view();
    await page.route('**/api/organizations/far-ai/profile', async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, headers: { ...response.headers(), 'x-freshness': 'stale', age: '10800' } });
    });
    await page.goto('/far-ai');
    await page.getByText('As of 3 hours ago. The source is offline or not responding.').waitFor();
    expect(await accessibilityViolations(page)).toEqual([]);
  });

  it('each repository type has its own URL and can be sorted', async () => {
    const page = await fixture.view();
    await page.goto('/acme');
    await page
      .getByRole('navigation', { name: 'Repository types' })
      .getByRole('link', { name: /Datasets/ })
      .click();
    await page.getByRole('link', { name: 'acme/rows' }).waitFor();
    await page.getByLabel('Sort').selectOption('likes');
    await page.waitForURL('**/acme?type=dataset&sort=likes');
    await page.getByRole('link', { name: 'acme/rows' }).waitFor();
    await page.getByRole('link', { name: 'bob' }).click();
    await page.getByRole('heading', { name: 'bob' }).waitFor();
    await page.getByText('bob has no visible models.').waitFor();
  });

  it('shows only the actions that the user may perform', async () => {
    const page = await fixture.view({ as: 'alice' });
    await page.goto('/alice');
    await page.getByRole('link', { name: 'Edit profile' }).waitFor();
    await page.goto('/acme');
    await page.getByRole('link', { name: 'Manage' }).waitFor();
    await page.goto('/bob');
    await page.getByRole('heading', { name: 'bob' }).waitFor();
    expect(await page.getByRole('link', { name: 'New repository' }).count()).toBe(0);
  });

  it('an unknown name shows "Not found"', async () => {
    const page = await fixture.view();
    await page.goto('/nobody-here');
    await page.getByText('Not found').first().waitFor();
    expect(await accessibilityViolations(page)).toEqual([]);
  });

  it('lists the sources that failed and offers to try again', async () => {
    fixture.huggingFace.exhausted = true;
    const page = await fixture.view();
    await page.goto('/somebody-far');
    await page.getByText('Sources checked').waitFor();
    await page.getByRole('button', { name: 'Try again' }).waitFor();
    expect(await accessibilityViolations(page)).toEqual([]);
    fixture.huggingFace.exhausted = false;
  });
};
