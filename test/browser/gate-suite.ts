import type { Page } from 'playwright-core';
import type { BrowserFixture } from './browser-fixture.js';
import { accessibilityViolations, overflowsHorizontally, saveScreenshot } from './page-checks.js';

const CARD = `---
extra_gated_heading: Read the terms of this model
extra_gated_prompt: You agree **not** to use it for harm.
extra_gated_button_content: Send my request
extra_gated_fields:
  Company: text
  Country: country
  I agree to the terms: checkbox
---
# A guarded model
`;

/** Gated repositories: the settings of the owner, and the page of other users. */
export const describeGate = (shared: () => BrowserFixture): void => {
  let fixture: BrowserFixture;
  let owner: Page & { consoleErrors: string[] };
  let reader: Page & { consoleErrors: string[] };

  const check = async (page: Page & { consoleErrors: string[] }, screenshot: string): Promise<void> => {
    expect(await accessibilityViolations(page)).toEqual([]);
    expect(await overflowsHorizontally(page)).toBe(false);
    expect(page.consoleErrors).toEqual([]);
    await saveScreenshot(page, screenshot);
  };

  it('guides users from the request to the files, and owners through the reviews', async () => {
    fixture = shared();
    const files = { 'README.md': CARD, 'config.json': '{ "secret": 1 }' };
    await fixture.repository(await fixture.tokenOf('alice'), 'model', 'alice/guarded', files);
    owner = await fixture.view({ as: 'alice' });
    await owner.goto('/alice/guarded/settings');
    await owner.getByRole('radio', { name: /^Manual approval/ }).check();
    await owner.getByRole('button', { name: 'Save access requests' }).click();
    await owner.getByText('Repository is now gated', { exact: true }).waitFor();
    await owner.getByText('No pending requests.').waitFor();

    const anonymous = await fixture.view();
    await anonymous.goto('/alice/guarded');
    await anonymous.getByRole('link', { name: 'Sign in to request access' }).waitFor();

    reader = await fixture.view({ as: 'bob', theme: 'dark', width: 390 });
    await reader.goto('/alice/guarded');
    await reader.getByRole('heading', { name: 'Read the terms of this model' }).waitFor();
    await reader.getByRole('heading', { name: 'A guarded model' }).waitFor();
    await reader.getByRole('region', { name: 'Terms' }).getByText('not', { exact: true }).waitFor();
    await reader.getByLabel('Company').fill('ACME');
    await reader.getByLabel('Country').selectOption({ label: 'France' });
    await reader.getByLabel('I agree to the terms').check();
    await check(reader, 'gate-dark-390');
    await reader.getByRole('button', { name: 'Send my request' }).click();
    await reader.getByRole('heading', { name: 'Your request is awaiting review' }).waitFor();
    await reader.goto('/alice/guarded/tree/main');
    await reader.getByText('You can see the list of files').waitFor();
    await reader.getByRole('link', { name: 'Download README.md' }).waitFor();
    await reader.getByRole('link', { name: 'config.json' }).click(); // the only link: it cannot be downloaded
    await reader.getByRole('button', { name: 'Withdraw request' }).waitFor();
    await reader.goto('/alice/guarded/commits/main');
    await reader.getByRole('heading', { name: 'Your request is awaiting review' }).waitFor();
    await check(reader, 'gate-pending-dark-390');

    await owner.reload();
    const requests = owner.getByRole('list', { name: 'Access requests' });
    await requests.getByText('ACME').waitFor();
    await check(owner, 'access-requests-light-1280');
    await owner.getByRole('button', { name: 'Reject: bob' }).click();
    await owner.getByLabel('Reason').fill('Unknown company');
    await owner.getByRole('dialog').getByRole('button', { name: 'Reject' }).click();
    await owner.getByText('bob was rejected', { exact: true }).waitFor();
    await reader.goto('/alice/guarded');
    await reader.getByRole('heading', { name: 'Your request was rejected' }).waitFor();
    await reader.getByText('Reason: Unknown company').waitFor();

    await owner.getByRole('button', { name: 'Rejected', exact: true }).click();
    await owner.getByRole('button', { name: 'Accept: bob' }).click();
    await owner.getByText('bob has access now', { exact: true }).waitFor();
    await reader.goto('/alice/guarded/blob/main/config.json');
    await reader.getByText('"secret"').waitFor();

    await owner.getByRole('button', { name: 'Accepted', exact: true }).click();
    await owner.getByRole('button', { name: 'Revoke: bob' }).click();
    await owner.getByText('bob has to wait for another review', { exact: true }).waitFor();
    await owner.getByLabel('Give access to a user').fill('bob');
    await owner.getByRole('button', { name: 'Add access' }).click();
    await requests.getByText('bob', { exact: true }).waitFor();
    expect([...owner.consoleErrors, ...reader.consoleErrors]).toEqual([]);
  });

  it('lets members with write access review requests, but not change other settings', async () => {
    const token = await fixture.tokenOf('alice');
    await fixture.organization(token, 'reviewers', { bob: 'write' });
    await fixture.repository(token, 'dataset', 'reviewers/rows', { 'README.md': '# Rows\n' });
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const body = JSON.stringify({ gated: 'manual' });
    await fetch(`${fixture.hub.url}/api/datasets/reviewers/rows/settings`, { method: 'PUT', headers, body });
    const page = await fixture.view({ as: 'bob' });
    await page.goto('/datasets/reviewers/rows');
    await page.getByRole('link', { name: 'Settings' }).click();
    await page.getByText('No pending requests.').waitFor();
    expect(await page.getByRole('button', { name: 'Delete this dataset' }).count()).toBe(0);
    await check(page, 'access-requests-of-members-light-1280');
  });
};
