import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import { pythonOf } from '../clients/python-envs.mjs';
import type { BrowserFixture } from './browser-fixture.js';
import { accessibilityViolations, APPEARANCES, overflowsHorizontally, saveScreenshot } from './page-checks.js';

const run = promisify(execFile);
const PYTHON = pythonOf('hf2');

export const describeClientSetup = (shared: () => BrowserFixture): void => {
  let fixture: BrowserFixture;
  let folder: string;

  beforeAll(async () => {
    fixture = shared();
    folder = await mkdtemp(join(tmpdir(), 'hubfall-setup-'));
    const token = await fixture.tokenOf('alice');
    await fixture.repository(token, 'model', 'alice/to-use', { 'weights.txt': 'weights' });
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const dialog = (page: Page) => page.getByRole('dialog', { name: 'Set up a client' });
  const lines = async (page: Page, section: string): Promise<string> =>
    dialog(page)
      .locator('section')
      .filter({ has: page.getByRole('heading', { name: section, exact: true }) })
      .locator('code')
      .innerText();

  /** Runs lines in a new shell whose only settings are in the lines. */
  const inShell = (code: string) =>
    run('bash', ['-euc', code], {
      cwd: folder,
      env: { HOME: folder, PATH: [dirname(PYTHON), process.env['PATH']].join(delimiter), GIT_TERMINAL_PROMPT: '0' },
    });

  it.each(APPEARANCES)('is open in every page, $theme at $width px', async (appearance) => {
    const page = await fixture.view(appearance);
    await page.goto('/datasets');
    await page.getByRole('button', { name: 'Set up a client' }).click();
    await dialog(page).getByText(`export HF_ENDPOINT=${fixture.hub.url}`).waitFor();
    for (const [tool, text] of [
      ['vLLM', 'vllm serve'],
      ['transformers.js', 'env.remoteHost'],
    ] as const) {
      await dialog(page).getByRole('tab', { name: tool }).click();
      await dialog(page).getByText(text).first().waitFor();
    }
    await dialog(page).getByRole('tab', { name: 'vLLM' }).click();
    await dialog(page).getByRole('button', { name: 'Kubernetes' }).click();
    await dialog(page).getByText('kubectl create secret').waitFor();
    expect(await accessibilityViolations(page)).toEqual([]);
    expect(await overflowsHorizontally(page)).toBe(false);
    expect(await dialog(page).evaluate((box) => box.scrollWidth - box.clientWidth)).toBe(0);
    await saveScreenshot(page, `client-setup-${appearance.theme}-${appearance.width}`);
  });

  it('creates a token in place, and its lines work as they are', async () => {
    const page = await fixture.view({ as: 'alice' });
    await page.goto('/alice/to-use');
    await page.getByRole('button', { name: 'Other tools and shells' }).click();
    await dialog(page).getByRole('button', { name: 'Create a token' }).click();
    await dialog(page).getByText('This token is not shown again').waitFor();
    const environment = await lines(page, 'Environment');
    expect(environment).toMatch(/^export HF_TOKEN=hf_\w{34}$/m);
    await inShell(`${environment}\n${await lines(page, 'Use')}\nhf auth whoami > whoami.txt; grep alice whoami.txt`);
    await dialog(page).getByRole('tab', { name: 'Python' }).click();
    await inShell(
      `${environment}\npython -c '${await lines(page, 'Use')}\nassert "weights.txt" in __import__("os").listdir(folder)'`,
    );
    expect(await dialog(page).getByRole('tab', { name: 'datasets' }).count()).toBe(0); // it is a model
    await dialog(page).getByRole('tab', { name: 'git' }).click();
    await dialog(page).getByText('Git asks for your username').waitFor();
    await inShell(await lines(page, 'Use'));
    expect(await readdir(join(folder, 'to-use'))).toContain('weights.txt');
  });

  it('does not show a token again, also not to the next user of the tab', async () => {
    const page = await fixture.view({ as: 'alice' });
    await page.goto('/');
    await page.getByRole('button', { name: 'Set up a client' }).click();
    await dialog(page).getByRole('button', { name: 'Create a token' }).click();
    await dialog(page).getByText('This token is not shown again').waitFor();
    expect(await lines(page, 'Environment')).toContain('hf_');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Account menu for alice' }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByRole('link', { name: 'Sign in' }).first().waitFor();
    await page.getByRole('button', { name: 'Set up a client' }).click();
    await dialog(page).getByText('Public repositories need none').waitFor();
    expect(await lines(page, 'Environment')).not.toContain('hf_');
  });

  it('has the lines that upload to a repository without a card', async () => {
    await fixture.repository(await fixture.tokenOf('alice'), 'dataset', 'alice/no-card', { 'a.txt': 'a' });
    const page = await fixture.view({ as: 'alice' });
    await page.goto('/datasets/alice/no-card');
    await page.getByRole('main').getByRole('button', { name: 'set up a client' }).click();
    await dialog(page).getByText('hf upload alice/no-card . --repo-type dataset').waitFor();
    expect(await dialog(page).getByRole('tab').allInnerTexts()).toEqual(['hf CLI', 'Python', 'datasets', 'git']);
  });

  it('is proposed after sign-up', async () => {
    const page = await fixture.view();
    await page.goto('/join');
    await page.getByLabel('Username').fill('newcomer');
    await page.getByRole('textbox', { name: 'Password' }).fill('correct horse battery');
    await page.getByRole('button', { name: 'Sign up' }).click();
    await dialog(page).getByRole('button', { name: 'Create a token' }).waitFor();
  });
};
