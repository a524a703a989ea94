import type { BrowserFixture } from './browser-fixture.js';
import {
  accessibilityViolations,
  saveScreenshot,
  APPEARANCES,
  overflowsHorizontally,
  imageWidth,
} from './page-checks.js';

export const describeFile = (shared: () => BrowserFixture): void => {
  let fixture: BrowserFixture;

  beforeAll(() => {
    fixture = shared();
  });

  it.each(APPEARANCES)('highlights code and shows actions, $theme at $width px', async (appearance) => {
    const page = await fixture.view({ ...appearance, as: 'alice' });
    await page.goto('/alice/near/blob/main/src/model.py#L4');
    await page.locator('.hljs-keyword').first().waitFor();
    await page.getByRole('link', { name: 'Edit', exact: true }).waitFor();
    expect(await page.getByRole('link', { name: 'Raw' }).getAttribute('href')).toBe(
      '/alice/near/raw/main/src/model.py',
    );
    expect(await page.getByRole('link', { name: 'Download' }).getAttribute('href')).toBe(
      '/alice/near/resolve/main/src/model.py?download=true',
    );
    expect(await accessibilityViolations(page)).toEqual([]);
    expect(await overflowsHorizontally(page)).toBe(false);
    expect(page.consoleErrors).toEqual([]);
    await saveScreenshot(page, `repository-file-${appearance.theme}-${appearance.width}`);
  });

  it.each(APPEARANCES)('tables, $theme at $width px', async (appearance) => {
    const page = await fixture.view(appearance);
    for (const file of ['zstd.parquet', 'rows.csv']) {
      await page.goto(`/datasets/alice/rows/blob/main/${file}`);
      await page.getByRole('region', { name: `Rows of ${file}` }).waitFor();
      expect(await accessibilityViolations(page)).toEqual([]);
      expect(await overflowsHorizontally(page)).toBe(false);
    }
    expect(page.consoleErrors).toEqual([]);
  });

  it.each([
    ['zstd.parquet', 'Rows 1 to 100 of 150', ['1', '0', 'row 0', '[]', '{"bytes":"<4 bytes>","path":"0.png"}']],
    ['snappy.parquet', 'Rows 1 to 100 of 150', ['1', '0', 'row 0', '[]', '{"bytes":"<4 bytes>","path":"0.png"}']],
    ['rows.csv', '2 rows', ['1', '1', 'one']],
    ['rows.jsonl', '2 rows', ['1', '1', 'one', '–\nno value']],
  ])('previews %s: %s', async (file, note, cells) => {
    const page = await fixture.view();
    await page.goto(`/datasets/alice/rows/blob/main/${file}`);
    await page.getByText(note).waitFor();
    expect(await page.locator('tbody tr').first().locator('td').allInnerTexts()).toEqual(cells);
  });

  it.each([
    ['latin1.txt', 'Windows-1252'],
    ['utf16.txt', 'UTF-16 LE'],
  ])('shows %s, encoded in %s, without offering to edit it', async (file, encoding) => {
    const page = await fixture.view({ as: 'alice' });
    await page.goto(`/alice/near/blob/main/${file}`);
    await page.getByText('Grüße aus Köln').waitFor();
    await page.getByText(`Encoded in ${encoding}. Upload a version in UTF-8 to edit it here.`).waitFor();
    await page.getByRole('button', { name: 'Delete' }).waitFor();
    expect(await page.getByRole('link', { name: 'Edit', exact: true }).count()).toBe(0);
    await page.goto(`/alice/near/edit/main/${file}`);
    await page.getByText(`This file is encoded in ${encoding}.`).waitFor();
  });

  it('counts the parameters of safetensors files and searches tensors by name', async () => {
    const page = await fixture.view();
    await page.goto('/alice/near/blob/main/model.safetensors');
    await page.getByText('64.1K parameters in 2 tensors').waitFor();
    await page.getByRole('searchbox', { name: 'Find a tensor' }).fill('head');
    await page.getByRole('cell', { name: 'embed.weight' }).waitFor({ state: 'detached' });
    expect(await page.locator('tbody td').allInnerTexts()).toEqual(['1', 'head.bias', 'F16', '[64]', '64']);
    expect(await accessibilityViolations(page)).toEqual([]);
  });

  it('explains why an invalid safetensors file has no preview', async () => {
    const page = await fixture.view();
    await page.goto('/far-ai/tiny/blob/main/model.safetensors');
    await page.getByText('Preview not available').waitFor();
    await page.getByText(/this is not a safetensors file/).waitFor();
  });

  it('shows Markdown and JSON formatted or as source', async () => {
    const page = await fixture.view();
    await page.goto('/alice/near/blob/main/docs/notes.md');
    const back = page.getByRole('link', { name: 'the model' });
    expect(await back.getAttribute('href')).toBe('/alice/near/blob/main/README.md');
    await page.getByRole('button', { name: 'Source' }).click();
    await page.getByText('See [the model](../README.md).').waitFor();
    await page.goto('/alice/near/blob/main/config.json');
    const text = page.getByRole('region', { name: 'Text of config.json' });
    await text.getByText('  "layers": [').waitFor();
    await page.getByRole('button', { name: 'Source' }).click();
    await text.getByText('{"model_type":"bert","layers":[1,2,3]}').waitFor();
    await page.goto('/alice/near/blob/main/broken.json');
    await page.getByRole('region', { name: 'Text of broken.json' }).getByText('{').waitFor();
  });

  it('shows the beginning of a long text, and all of it on request', async () => {
    const page = await fixture.view();
    await page.goto('/alice/near/blob/main/long.txt');
    await page.getByText('The first 512 kB of 600 kB.').waitFor();
    const text = page.getByRole('region', { name: 'Text of long.txt' });
    expect(await text.innerText()).not.toContain('the last line');
    await page.getByRole('button', { name: 'Show all' }).click();
    await text.filter({ hasText: 'the last line' }).waitFor();
  });

  it.each([
    ['notes.unknown', 'A file type without a preview.'],
    ['blob.unknown', 'No preview for this file type'],
    ['weights.bin', 'No preview for this file type'],
    ['empty.txt', 'The file is empty.'],
  ])('%s: %s', async (file, text) => {
    const page = await fixture.view();
    await page.goto(`/alice/near/blob/main/${file}`);
    await page.getByText(text).waitFor();
    expect(page.consoleErrors).toEqual([]);
  });

  it.each(['figure.png', 'drawing.svg'])('shows the image %s', async (file) => {
    const page = await fixture.view();
    await page.goto(`/alice/near/blob/main/${file}`);
    expect(await imageWidth(page, file)).toBeGreaterThan(0);
    expect(await accessibilityViolations(page)).toEqual([]);
  });

  it('links to a clicked line', async () => {
    const page = await fixture.view();
    await page.goto('/alice/near/blob/main/src/model.py');
    await page.getByText('1\n2\n3').click({ position: { x: 5, y: 50 } });
    await page.waitForURL('**#L3');
  });

  it('deletes a file after confirmation and shows the remaining files', async () => {
    const page = await fixture.view({ as: 'alice' });
    await page.goto('/alice/near/blob/main/odd/with%20space%20%26%20%23.txt');
    await page.getByRole('button', { name: 'Delete' }).click();
    const dialog = page.getByRole('alertdialog');
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'Delete' }).click();
    await dialog.getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('table', { name: 'Files in near' }).waitFor();
    await page.getByText('Delete odd/with space & #.txt').waitFor();
    expect(await page.getByRole('link', { name: 'odd', exact: true }).count()).toBe(0);
  });

  it('downloads the file', async () => {
    const page = await fixture.view();
    await page.goto('/alice/bare/blob/main/weights.bin');
    const download = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Download', exact: true }).click();
    expect((await download).suggestedFilename()).toBe('weights.bin');
  });
};
