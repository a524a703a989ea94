import { ggufFile } from '../support/gguf-file.js';
import { PASSWORD, type BrowserFixture } from './browser-fixture.js';
import { GREY_PIXEL_PNG } from './external-content.js';
import { accessibilityViolations, imageWidth } from './page-checks.js';
import { PrefixProxy } from '../support/prefix-proxy.js';

/** The pages at other addresses of the hub than the one where it listens. */
export const describeAddresses = (shared: () => BrowserFixture): void => {
  let fixture: BrowserFixture;
  let proxy: PrefixProxy;
  beforeAll(async () => {
    fixture = shared();
    proxy = await PrefixProxy.start(fixture.hub.url);
    const token = await fixture.tokenOf('alice');
    await fixture.repository(token, 'model', 'alice/addressed', {
      'README.md': '# Card\n\n[Notes](notes.md) ![](a.svg)\n',
      'notes.md': 'Some notes',
      'edited.md': 'Text',
      'a.svg': '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"/>',
      'llama.gguf': ggufFile({ 'general.architecture': 'llama' }),
      'a.ipynb': '{"cells": [{"cell_type": "markdown", "source": "![](a.svg) In a notebook"}]}',
    });
    await fixture.repository(token, 'dataset', 'alice/addressed-rows', { 'pixel/a.png': GREY_PIXEL_PNG });
  });
  afterAll(() => proxy?.stop());

  it.each([
    ['a path behind a TLS proxy', () => proxy.url],
    ['a host name over plain HTTP', () => fixture.hub.url.replace('127.0.0.1', 'hub.test')],
  ])('%s', async (_, urlOf) => {
    const url = urlOf();
    const page = await fixture.view();
    await page.goto(`${url}/alice/addressed`);
    await page.getByRole('heading', { name: 'Card' }).waitFor();
    expect(await page.locator('.markdown img').evaluate((image) => (image as unknown as { src: string }).src)).toBe(
      `${url}/alice/addressed/resolve/main/a.svg`,
    );
    await page.getByText(`HF_ENDPOINT=${url}`).first().waitFor();
    await page.getByRole('button', { name: /^Copy hf CLI/ }).click();
    await page.getByRole('button', { name: /^Copied hf CLI/ }).waitFor();
    await page.getByRole('combobox', { name: 'Search' }).focus();
    await page.keyboard.press('Control+V');
    expect(await page.getByRole('combobox', { name: 'Search' }).inputValue()).toContain(`HF_ENDPOINT=${url}`);
    await page.getByRole('combobox', { name: 'Search' }).fill('alice/addressed');
    await page.getByRole('option', { name: 'alice/addressed', exact: true }).waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL(`${url}/alice/addressed`);
    await page.getByRole('button', { name: 'Set up a client' }).click();
    await page.getByRole('dialog').getByText(`export HF_ENDPOINT=${url}`).waitFor();
    await page.keyboard.press('Escape');
    await page.goto(`${url}/alice/addressed/branches`);
    await page.getByRole('link', { name: 'main', exact: true }).click();
    await page.waitForURL(`${url}/alice/addressed/tree/main`);
    await page.goto(`${url}/alice/addressed/commits/main/notes.md`);
    await page.getByRole('link', { name: /^File at/ }).click();
    await page.waitForURL(/\/alice\/addressed\/blob\/[0-9a-f]{40}\/notes\.md$/);
    await page.goto(`${url}/alice/addressed/commits`);
    await page.waitForURL(`${url}/alice/addressed/commits/main`);
    await page.goto(`${url}/alice/addressed`);
    await page.getByRole('link', { name: 'Notes' }).click();
    await page.waitForURL(`${url}/alice/addressed/blob/main/notes.md`);
    await page.getByText('Some notes').waitFor();
    await page.goto(`${url}/alice/addressed/blob/main/llama.gguf`);
    await page.getByText('Architecture: llama').waitFor();
    await page.goto(`${url}/alice/addressed/blob/main/a.ipynb`);
    await page.getByText('In a notebook').waitFor();
    await page.goto(`${url}/datasets/alice/addressed-rows`);
    await page.getByRole('link', { name: 'Data', exact: true }).click();
    await page.waitForURL(`${url}/datasets/alice/addressed-rows/viewer`);
    expect(await imageWidth(page, 'image of row 1')).toBe(1);
    await page.goto(`${url}/search?q=notebook&type=card`);
    await page.getByText(/^(No cards found|In a notebook)/).waitFor();
    await page.goto(`${url}/models?pipeline_tag=none`);
    await page.getByRole('heading', { level: 1, name: 'Models' }).waitFor();

    await page.goto(`${url}/alice/addressed/blob/main/notes.md`);
    await page.getByRole('banner').getByRole('link', { name: 'Sign in' }).click();
    await page.getByLabel('Username').fill('alice');
    await page.getByLabel(/^Password/).fill(PASSWORD);
    await page.getByRole('main').getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL(`${url}/alice/addressed/blob/main/notes.md`);
    await page.reload();
    await page.getByRole('button', { name: 'Account menu for alice' }).waitFor();

    await page.goto(`${url}/alice/addressed/edit/main/edited.md`);
    await page.getByLabel('edited.md').fill(`Text at ${url}`);
    await page.getByRole('button', { name: 'Changes' }).click();
    await page.getByText('1 added line, 1 deleted line').waitFor();
    await page.getByRole('button', { name: 'Commit to main' }).click();
    await page.waitForURL(`${url}/alice/addressed/blob/main/edited.md`);
    await page.goto(`${url}/alice/addressed/upload/main`);
    await page
      .getByLabel('Files to upload')
      .first()
      .setInputFiles({ name: `${url.length}.bin`, mimeType: '', buffer: Buffer.alloc(11_000_000, url) });
    await page.getByRole('button', { name: 'Upload 1 file' }).click();
    await page.getByText('Uploaded', { exact: true }).waitFor();

    await page.goto(url);
    await page.getByRole('contentinfo').getByRole('link', { name: 'API' }).click();
    await page.getByRole('heading', { name: /^Hubfall/ }).waitFor();
    expect(page.consoleErrors).toEqual([]);
  });

  it('shows the text, selected, if the browser does not permit to copy it', async () => {
    const page = await fixture.view();
    await page.addInitScript('document.execCommand = () => false');
    await page.goto(`${fixture.hub.url.replace('127.0.0.1', 'hub.test')}/alice/addressed`);
    await page.getByRole('button', { name: 'Copy name' }).click();
    const dialog = page.getByRole('dialog', { name: 'Copy name' });
    await dialog.getByText('Press Ctrl+C to copy the selected text.').waitFor();
    const text = dialog.getByRole('textbox', { name: 'name' });
    await text.and(page.locator(':focus')).waitFor();
    expect(await page.evaluate('getSelection().toString()')).toBe('alice/addressed');
    expect(await accessibilityViolations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    expect(await page.getByRole('button', { name: 'Copied name' }).count()).toBe(0);
  });
};
