import { ggufFile, ggufStart } from '../support/gguf-file.js';
import type { BrowserFixture } from './browser-fixture.js';
import { GREY_PIXEL_PNG } from './external-content.js';
import {
  accessibilityViolations,
  APPEARANCES,
  imageWidth,
  overflowsHorizontally,
  saveScreenshot,
} from './page-checks.js';

const VOCABULARY = Array.from({ length: 1000 }, (_, n) => `token${n}`);
const LLAMA = ggufFile({
  'general.architecture': 'llama',
  'general.file_type': 15,
  'general.name': '<b>Name</b>',
  'tokenizer.ggml.tokens': VOCABULARY,
});

const EVIL = `<img src=x onerror="window.hacked='html'"><script>window.hacked='script'</script><p>safe text</p>`;
const NOTEBOOK = {
  nbformat: 4,
  metadata: { language_info: { name: 'python' } },
  cells: [
    { cell_type: 'markdown', source: `# A notebook\n\n<a href="javascript:window.hacked='link'">run</a>\n\n${EVIL}` },
    {
      cell_type: 'code',
      source: 'import numpy as np',
      execution_count: 7,
      outputs: [
        { output_type: 'stream', text: 'printed \u001b[31mred\u001b[0m' },
        {
          output_type: 'display_data',
          data: { 'text/html': `<table><tr><td>cell of a table</td></tr></table>${EVIL}` },
        },
        { output_type: 'display_data', data: { 'image/png': GREY_PIXEL_PNG.toString('base64') } },
        {
          output_type: 'display_data',
          data: {
            'image/svg+xml':
              '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9" onload="window.hacked=1"><script>window.hacked=1</script></svg>',
          },
        },
        {
          output_type: 'display_data',
          data: { 'application/javascript': 'window.hacked = 1', 'text/plain': 'as text' },
        },
        { output_type: 'error', ename: 'ValueError', evalue: 'wrong', traceback: ['ValueError: wrong'] },
      ],
    },
  ],
};

/** Viewers of single files. */
export const describeViewers = (shared: () => BrowserFixture): void => {
  let fixture: BrowserFixture;

  beforeAll(async () => {
    fixture = shared();
    await fixture.repository(await fixture.tokenOf('alice'), 'model', 'alice/inside', {
      'llama.gguf': LLAMA,
      'cut.gguf': LLAMA.subarray(0, 300),
      'counts.gguf': ggufStart(2n ** 62n, 2n ** 62n),
      'text.gguf': 'This is a text.',
      'good.ipynb': JSON.stringify(NOTEBOOK),
      'other.ipynb': '{"a": 1}',
      'deep.ipynb': `{"cells": ${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
    });
  });

  it.each(APPEARANCES)('GGUF: metadata and tensors, $theme at $width px', async (appearance) => {
    const page = await fixture.view(appearance);
    await page.goto('/alice/inside/blob/main/llama.gguf');
    await page.getByText('Quantization: Q4_K_M').waitFor();
    await page.getByText('Architecture: llama').waitFor();
    expect(await page.getByRole('region', { name: 'Tensors' }).getByRole('row').last().innerText()).toMatch(
      /^1\s+token_embd\.weight\s+F32\s+\[32\]\s+32$/,
    );
    const fields = page.getByRole('region', { name: 'Metadata' });
    await fields.getByText('<b>Name</b>').waitFor();
    await fields.getByText('token19, … (1,000 items)').waitFor();
    expect(await accessibilityViolations(page)).toEqual([]);
    expect(await overflowsHorizontally(page)).toBe(false);
    expect(page.consoleErrors).toEqual([]);
  });

  it.each(['cut.gguf', 'counts.gguf', 'text.gguf'])('GGUF: explains that %s is invalid', async (file) => {
    const page = await fixture.view();
    await page.goto(`/alice/inside/blob/main/${file}`);
    await page.getByText(/^This GGUF header is invalid: /).waitFor();
  });

  it.each(APPEARANCES)(
    'notebooks: cells and outputs, without running them, $theme at $width px',
    async (appearance) => {
      const page = await fixture.view(appearance);
      await page.goto('/alice/inside/blob/main/good.ipynb');
      await page.getByRole('heading', { name: 'A notebook' }).waitFor();
      const cell = page.getByRole('region', { name: 'Cell 2' });
      await cell.getByText('[7]').waitFor();
      await cell.locator('.hljs-keyword').first().waitFor();
      for (const text of ['printed red', 'as text', 'ValueError: wrong'])
        await cell.getByText(text, { exact: true }).waitFor();
      await cell.getByRole('cell', { name: 'cell of a table' }).waitFor();
      expect(await imageWidth(page, 'Output 3 of cell 2')).toBe(1);
      expect(await imageWidth(page, 'Output 4 of cell 2')).toBe(9);
      await page.getByText('run', { exact: true }).click();
      expect(await page.evaluate('window.hacked')).toBeUndefined();
      expect(await accessibilityViolations(page)).toEqual([]);
      expect(await overflowsHorizontally(page)).toBe(false);
      await saveScreenshot(page, `notebook-${appearance.theme}-${appearance.width}`);
      await page.getByRole('button', { name: 'Source' }).click();
      await page.getByText('"nbformat"').waitFor();
    },
  );

  it.each(['other.ipynb', 'deep.ipynb'])('notebooks: explains that %s is invalid', async (file) => {
    const page = await fixture.view();
    await page.goto(`/alice/inside/blob/main/${file}`);
    await page.getByText('Preview not available').or(page.getByText('This notebook has no cells.')).waitFor();
  });
};
