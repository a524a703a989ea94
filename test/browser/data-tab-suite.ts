import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { BrowserFixture } from './browser-fixture.js';
import { GREY_PIXEL_PNG } from './external-content.js';
import {
  accessibilityViolations,
  APPEARANCES,
  imageWidth,
  overflowsHorizontally,
  saveScreenshot,
} from './page-checks.js';

/** 250 rows in row groups of 60, written by pyarrow 25 with features of the `datasets` library. */
const TYPED = readFileSync(resolve(import.meta.dirname, '../support/fixtures/typed-columns.parquet'));
const CARD = `---
configs:
- config_name: small
  data_files: small/*.csv
- config_name: typed
  default: true
  data_files:
  - split: train
    path: data/train-*
  - split: test
    path: [data/test.jsonl]
---
# Typed
`;

export const describeDataTab = (shared: () => BrowserFixture): void => {
  let fixture: BrowserFixture;

  beforeAll(async () => {
    fixture = shared();
    const token = await fixture.tokenOf('alice');
    await fixture.repository(token, 'dataset', 'alice/typed', {
      'README.md': CARD,
      'data/train-00000-of-00002.parquet': TYPED,
      'data/train-00001-of-00002.parquet': TYPED,
      'data/test.jsonl': '{"id": 1, "nested": {"a": [1, "<i>x</i>"]}}\n{"id": 2, "nested": null}\n',
      'small/a.csv': 'x\n1\n',
    });
    await fixture.repository(token, 'dataset', 'alice/pixels', {
      'cat/1.png': GREY_PIXEL_PNG,
      'dog/2.png': GREY_PIXEL_PNG,
    });
    const footer = Buffer.from(TYPED.subarray(-8));
    footer.writeUInt32LE(0x7fffffff);
    await fixture.repository(token, 'dataset', 'alice/broken', {
      'cut-train.parquet': TYPED.subarray(0, 9000),
      'footer-test.parquet': Buffer.concat([TYPED.subarray(0, -8), footer]),
      'noise-valid.parquet': Buffer.concat([TYPED.subarray(0, 12_000), Buffer.alloc(4000, 255), TYPED.subarray(-8)]),
    });
  });

  it.each(APPEARANCES)('shows typed rows of several files, $theme at $width px', async (appearance) => {
    const page = await fixture.view(appearance);
    await page.goto('/datasets/alice/typed');
    await page.getByRole('link', { name: 'Data', exact: true }).click();
    await page.waitForURL('**/datasets/alice/typed/viewer');
    const rows = page.getByRole('region', { name: 'Rows of train' });
    const first = rows.getByRole('row').nth(1);
    await first.getByRole('cell').first().waitFor();
    expect(await first.getByRole('cell').allInnerTexts()).toEqual([
      '1',
      '0',
      '',
      '',
      'dog',
      'row 0 <b>bold</b>',
      '[]',
      '0',
    ]);
    expect(await rows.getByRole('columnheader', { name: /^label class label.*2 distinct values/ }).count()).toBe(1);
    expect(
      await rows.getByRole('columnheader', { name: /^score float64.*0 to 9.9, mean.*1 missing value/ }).count(),
    ).toBe(1);
    expect(await imageWidth(page, 'photo of row 1')).toBe(1);
    expect(await first.locator('audio[aria-label="sound of row 1"]').count()).toBe(1);
    expect(await accessibilityViolations(page)).toEqual([]);
    expect(await overflowsHorizontally(page)).toBe(false);
    expect(page.consoleErrors).toEqual([]);
    await saveScreenshot(page, `dataset-${appearance.theme}-${appearance.width}`);
  });

  it('has the page in the URL, and continues with the next file', async () => {
    const page = await fixture.view();
    await page.goto('/datasets/alice/typed/viewer/typed/train?p=2');
    await page.getByText('Rows 201 to 250').waitFor();
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByText('Rows 251 to 350').waitFor();
    expect(new URL(page.url()).search).toBe('?p=3');
    await page.goto('/datasets/alice/typed/viewer/typed/train?p=5');
    await page.getByText('Rows 451 to 500 of 500').waitFor();
    expect(await page.getByRole('button', { name: 'Next' }).isDisabled()).toBe(true);
    await page.goto('/datasets/alice/typed/viewer/typed/train?p=60');
    await page.getByText('There are only 6 pages.').waitFor();
    await page.getByRole('button', { name: 'First page' }).click();
    await page.getByText('Rows 1 to 100').waitFor();
  });

  it('shows other splits, subsets and complete rows, by keyboard', async () => {
    const page = await fixture.view();
    await page.goto('/datasets/alice/typed/viewer');
    await page.getByLabel('Split').focus();
    await page.keyboard.press('ArrowDown');
    await page.waitForURL('**/viewer/typed/test');
    await page.getByText('2 rows').waitFor();
    await page.getByRole('button', { name: 'Row 1', exact: true }).focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Row 1' });
    await dialog.getByText('{"a":[1,"<i>x</i>"]}').waitFor();
    expect(await accessibilityViolations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await page.getByLabel('Subset').selectOption('small');
    await page.waitForURL('**/viewer/small');
    await page.getByText('1 row').waitFor();
  });

  it('shows external datasets, folders of images, and what is missing', async () => {
    const page = await fixture.view();
    await page.goto('/datasets/far-ai/images/viewer');
    await page.getByRole('cell', { name: 'two, and more' }).waitFor();
    await page.goto('/datasets/alice/pixels/viewer');
    await page.getByRole('cell', { name: 'dog', exact: true }).waitFor();
    expect(await imageWidth(page, 'image of row 2')).toBe(1);
    await page.goto('/datasets/alice/typed/viewer/nothing');
    await page.getByText('This dataset has no split nothing.').waitFor();
    expect(page.consoleErrors).toEqual([]);
  });

  it.each(['train', 'test', 'validation'])('explains that a file is invalid: %s', async (split) => {
    const page = await fixture.view();
    await page.goto(`/datasets/alice/broken/viewer/default/${split}`);
    await page.getByText('Preview not available').waitFor();
    expect(await accessibilityViolations(page)).toEqual([]);
  });
};
