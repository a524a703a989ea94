import type { Page } from 'playwright-core';
import type { BrowserFixture } from './browser-fixture.js';
import { layoutShift, observeLayoutShifts } from './layout-shift.js';
import { accessibilityViolations, APPEARANCES, overflowsHorizontally, saveScreenshot } from './page-checks.js';
import { WebhookReceiver } from './webhook-receiver.js';

/** The settings page of webhooks. */
export const describeWebhooks = (shared: () => BrowserFixture): void => {
  let fixture: BrowserFixture;
  let receiver: WebhookReceiver;
  let token: string;
  beforeAll(async () => {
    fixture = shared();
    receiver = await WebhookReceiver.start();
    token = await fixture.tokenOf('alice');
    await fixture.repository(token, 'model', 'alice/watched', { 'README.md': '# Watched\n' });
  });
  afterAll(() => receiver?.close());

  /** Tabs to the control with the accessible name. */
  const tabTo = async (page: Page, name: RegExp): Promise<void> => {
    for (let presses = 0; presses < 60; presses++) {
      await page.keyboard.press('Tab');
      const label = await page.evaluate(
        `(document.activeElement.getAttribute('aria-label') ?? document.activeElement.labels?.[0]?.textContent ?? document.activeElement.textContent).trim()`,
      );
      if (name.test(String(label))) return;
    }
    throw new Error(`No control with the name ${name} can be reached with the Tab key`);
  };

  it('are created, notified, replayed, disabled and deleted', async () => {
    const page = await fixture.view({ as: 'alice' });
    await page.goto('/settings/webhooks');
    await page.getByText('No webhooks').waitFor();
    await page.getByRole('link', { name: 'New webhook' }).click();

    const url = page.getByRole('textbox', { name: 'URL' });
    await url.fill(receiver.url);
    await page.getByRole('button', { name: 'Create webhook' }).click();
    await page.getByRole('alert').getByText('Watch at least one user, organization or repository').waitFor();

    await page.getByRole('combobox', { name: 'Name' }).fill('alice/wat');
    await page.locator('datalist option[value="alice/watched"]').waitFor({ state: 'attached' });
    await page.getByRole('combobox', { name: 'Name' }).fill('alice/watched');
    await page.getByRole('button', { name: 'Watch', exact: true }).click();
    await page.getByRole('list', { name: 'Watched' }).getByText('alice/watched').waitFor();
    await page.getByRole('textbox', { name: 'Secret' }).fill('the-secret');
    await page.getByRole('button', { name: 'Create webhook' }).click();
    await page.getByText('Webhook created', { exact: true }).waitFor();

    receiver.status = 500;
    await fixture.commit(token, 'model', 'alice/watched', { 'a.txt': 'a' });
    await page.getByRole('link', { name: receiver.url }).click();
    const log = page.getByRole('list', { name: 'Deliveries' }).getByRole('listitem');
    await page.getByRole('button', { name: 'Refresh' }).click();
    await log.getByText('Retrying').waitFor();
    await log.locator('summary').click();
    await log.getByText('Status 500.').waitFor();
    await log.getByText('1 attempt').waitFor();
    await log
      .getByRole('region', { name: /^Payload of delivery/ })
      .getByText('"repo.content"')
      .waitFor();
    expect(await page.textContent('body')).not.toContain('the-secret');

    receiver.status = 200;
    await log.getByRole('button', { name: /^Replay delivery/ }).click();
    await log.getByText('Delivered, 200').waitFor();
    expect(receiver.received.at(-1)).toMatchObject({
      headers: { 'x-webhook-secret': 'the-secret' },
      payload: { event: { action: 'update', scope: 'repo.content' } },
    });

    await page.goto('/settings/webhooks');
    await page.getByRole('button', { name: `Disable ${receiver.url}` }).click();
    await page.getByText('Disabled', { exact: true }).waitFor();
    await page.getByRole('button', { name: `Enable ${receiver.url}` }).click();
    await page.getByText('Enabled', { exact: true }).waitFor();
    await page.getByRole('button', { name: `Delete ${receiver.url}` }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByText('No webhooks').waitFor();
    expect(page.consoleErrors).toEqual([]);
  });

  it('show the errors of the API at their fields', async () => {
    const page = await fixture.view({ as: 'alice' });
    await page.goto('/settings/webhooks/new');
    const url = page.getByRole('textbox', { name: 'URL' });
    await url.fill('ftp://example.com/hook');
    await page.getByRole('combobox', { name: 'Name' }).fill('alice/watched');
    await page.getByRole('textbox', { name: 'Secret' }).fill('with spaces');
    await page.getByRole('button', { name: 'Create webhook' }).click();
    const descriptionOf = async (name: string): Promise<string> => {
      const field = page.getByRole('textbox', { name });
      await field.and(page.locator('[aria-invalid=true]')).waitFor();
      const id = (await field.getAttribute('aria-describedby'))!;
      return (await page.locator(`[id="${id}"]`).textContent())!;
    };
    expect(await descriptionOf('URL')).toMatch(/URL/);
    expect(await descriptionOf('Secret')).toMatch(/printable ASCII/);
    expect(await accessibilityViolations(page)).toEqual([]);
  });

  it('are changed without losing the secret, unless the origin changes', async () => {
    const page = await fixture.view({ as: 'alice' });
    await page.goto('/settings/webhooks/new');
    await page.getByRole('textbox', { name: 'URL' }).fill('https://ci.example.com/hook');
    await page.getByRole('combobox', { name: 'Type' }).selectOption('org');
    await page.getByRole('combobox', { name: 'Name' }).fill('acme');
    await page.getByRole('textbox', { name: 'Secret' }).fill('the-secret');
    await page.getByRole('button', { name: 'Create webhook' }).click();
    await page.getByRole('link', { name: 'https://ci.example.com/hook' }).click();
    const note = page.getByText('A secret is stored. Leave this empty to keep it.');
    await note.waitFor();
    await page.getByRole('textbox', { name: 'URL' }).fill('https://ci.example.com/other');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Webhook updated', { exact: true }).waitFor();
    await note.waitFor();
    await page.getByRole('textbox', { name: 'URL' }).fill('https://elsewhere.example.com/');
    await page.getByText('The URL has another origin').waitFor();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('It cannot be read afterwards.').waitFor();
    await page.goto('/settings/webhooks/000000000000000000ffffff');
    await page.getByText('You have no webhook with this ID.').waitFor();
  });

  it('are created with the keyboard', async () => {
    const page = await fixture.view({ as: 'bob' });
    await page.goto('/settings/webhooks');
    await page.getByText('No webhooks').waitFor();
    await tabTo(page, /^New webhook$/);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'New webhook' }).waitFor();
    await tabTo(page, /^URL/);
    await page.keyboard.type('https://ci.example.com/');
    await tabTo(page, /^Name$/);
    await page.keyboard.type('bob/model');
    await page.keyboard.press('Enter');
    await page.getByRole('list', { name: 'Watched' }).getByText('bob/model').waitFor();
    await tabTo(page, /^Create webhook$/);
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: 'https://ci.example.com/' }).waitFor();
  });

  it.each(APPEARANCES)('have accessible pages, $theme at $width px', async (appearance) => {
    const page = await fixture.view({ ...appearance, as: 'bob' });
    await observeLayoutShifts(page);
    await page.goto('/settings/webhooks');
    const link = page.getByRole('link', { name: 'https://ci.example.com/' });
    await link.waitFor();
    const webhook = (await link.getAttribute('href'))!;
    for (const [name, path] of [
      ['list', '/settings/webhooks'],
      ['page', webhook],
      ['new', '/settings/webhooks/new'],
    ] as const) {
      await page.goto(path, { waitUntil: 'networkidle' });
      await page.getByRole('heading', { level: 2 }).first().waitFor();
      expect([name, await accessibilityViolations(page)]).toEqual([name, []]);
      expect([name, await overflowsHorizontally(page)]).toEqual([name, false]);
      expect(await layoutShift(page)).toBeLessThan(0.05);
      await saveScreenshot(page, `settings-webhooks-${name}-${appearance.theme}-${appearance.width}`);
    }
    expect(page.consoleErrors).toEqual([]);
  });
};
