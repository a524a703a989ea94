import { GREY_PIXEL_PNG } from './external-content.js';
import { RICH_CARD } from './repository-content.js';
import type { BrowserFixture } from './browser-fixture.js';
import {
  accessibilityViolations,
  saveScreenshot,
  APPEARANCES,
  overflowsHorizontally,
  imageWidth,
} from './page-checks.js';

export const describeCard = (shared: () => BrowserFixture): void => {
  let fixture: BrowserFixture;

  beforeAll(() => {
    fixture = shared();
  });

  it.each(APPEARANCES)('shows the card, tags and usage, $theme at $width px', async (appearance) => {
    const page = await fixture.view(appearance);
    await page.goto('/alice/near');
    const card = page.getByRole('region', { name: 'Card' });
    await card.getByRole('heading', { name: 'Near model' }).waitFor();
    expect(await card.getByText('license: mit').count()).toBe(0);
    expect(await page.getByRole('list', { name: 'Tags' }).getByRole('listitem').allInnerTexts()).toEqual(
      expect.arrayContaining(['text classification', 'transformers', 'near', 'tiny']),
    );
    await card.locator('.hljs-keyword').first().waitFor();
    await page.getByText('64.1K').waitFor();
    await page.getByText(`export HF_ENDPOINT=${fixture.hub.url}`).waitFor();
    expect(await accessibilityViolations(page)).toEqual([]);
    expect(await overflowsHorizontally(page)).toBe(false);
    expect(page.consoleErrors).toEqual([]);
    await saveScreenshot(page, `repository-${appearance.theme}-${appearance.width}`);
  });

  it('resolves relative links, and opens internal links in the app', async () => {
    const page = await fixture.view();
    await page.goto('/alice/near');
    const card = page.getByRole('region', { name: 'Card' });
    const address = (name: string): Promise<string | null> =>
      card.getByRole('link', { name, exact: true }).getAttribute('href');
    await card.getByRole('link', { name: 'configuration' }).waitFor();
    expect(await address('configuration')).toBe('/alice/near/blob/main/config.json');
    expect(await address('notes')).toBe('/alice/near/blob/main/docs/notes.md#second');
    expect(await address('folder')).toBe('/alice/near/tree/main/docs');
    expect(await address('another model')).toBe('/far-ai/shown');
    const away = card.getByRole('link', { name: 'https://example.org/near' });
    expect(await away.getAttribute('target')).toBe('_blank');
    expect(await away.getAttribute('rel')).toContain('noopener');
    for (const alt of ['a grey pixel', 'a drawing']) expect(await imageWidth(page, alt)).toBeGreaterThan(0);
    await page.evaluate('window.sameDocument = true');
    await card.getByRole('link', { name: 'another model' }).click();
    await page.getByRole('heading', { name: 'External model' }).waitFor();
    expect(await page.evaluate('window.sameDocument')).toBe(true);
  });

  it('shows formulas, emoji, galleries, safe styles and links of huggingface.co', async () => {
    const files = { 'README.md': RICH_CARD, 'figure.png': GREY_PIXEL_PNG, 'images/second.png': GREY_PIXEL_PNG };
    await fixture.repository(await fixture.tokenOf('alice'), 'model', 'alice/rich', files);
    const page = await fixture.view();
    await page.goto('/alice/rich');
    const card = page.getByRole('region', { name: 'Card' });
    await card.getByRole('heading', { name: 'Rich model' }).waitFor();
    expect(await card.locator('math').count()).toBe(2);
    expect(await card.locator('math mfrac').count()).toBe(1);
    expect(await card.locator('.katex-display').innerText()).toContain('E');
    await card.getByText('it costs $5 or $6. 🚀 :no-such-emoji:').waitFor();
    await card.locator('.katex-error').waitFor();
    expect(await card.getByText('A centered line').getAttribute('style')).toBe('text-align: center; font-size: 20px');
    expect(await card.getByRole('link', { name: 'another model' }).getAttribute('href')).toBe(
      '/far-ai/shown/tree/main',
    );
    expect(await card.getByRole('link', { name: 'the documentation' }).getAttribute('href')).toBe(
      'https://huggingface.co/docs/hub',
    );
    for (const alt of ['from the Hub', 'a red fox', 'An example'])
      expect(await imageWidth(page, alt)).toBeGreaterThan(0);
    await card.getByRole('figure').getByText('a red fox').waitFor();
    const results = page.getByRole('region', { name: 'Evaluation results' });
    expect(await results.getByRole('definition').allInnerTexts()).toEqual(['0.912']);
    expect(await accessibilityViolations(page)).toEqual([]);
    expect(page.consoleErrors).toEqual([]);
    await saveScreenshot(page, 'card-rich');
  });

  it('copies the repository name and code snippets', async () => {
    const page = await fixture.view();
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.goto('/alice/near');
    await page.getByRole('button', { name: 'Copy name' }).click();
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe('alice/near');
    await page.getByRole('tab', { name: 'Python' }).click();
    await page.getByRole('button', { name: 'Copy Python snippet' }).click();
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(
      [
        'import os',
        '',
        `os.environ["HF_ENDPOINT"] = "${fixture.hub.url}"`,
        '',
        'from transformers import pipeline',
        '',
        'pipe = pipeline("text-classification", model="alice/near")',
      ].join('\n'),
    );
    await page.getByRole('tab', { name: 'git' }).click();
    await page.getByText(`git clone ${fixture.hub.url}/alice/near`).waitFor();
    await page.goto('/datasets/alice/rows');
    await page.getByRole('tab', { name: 'git' }).click();
    await page.getByText(`git clone ${fixture.hub.url}/datasets/alice/rows`).waitFor();
  });

  it('has a table of contents on wide screens', async () => {
    const sections = ['First', 'Second <b>bold</b>', 'Third'].map(
      (title) => `## ${title}\n\n${'Text.\n\n'.repeat(60)}`,
    );
    await fixture.repository(await fixture.tokenOf('alice'), 'model', 'alice/long-card', {
      'README.md': `# Long\n\n${sections.join('')}`,
    });
    const page = await fixture.view();
    await page.goto('/alice/long-card');
    const contents = page.getByRole('navigation', { name: 'On this page' });
    await contents.getByRole('link', { name: 'Third' }).waitFor();
    expect(await contents.getByRole('link').allInnerTexts()).toEqual(['Long', 'First', 'Second bold', 'Third']);
    await contents.getByRole('link', { name: 'Third' }).press('Enter');
    await page.waitForFunction(`document.getElementById('user-content-third').getBoundingClientRect().top < 200`);
    expect(new URL(page.url()).hash).toBe('#third');
    expect(await contents.isVisible()).toBe(true);
    expect(await accessibilityViolations(page)).toEqual([]);
    const phone = await fixture.view({ width: 390 });
    await phone.goto('/alice/long-card');
    await phone.getByRole('heading', { name: 'Third' }).waitFor();
    expect(await phone.getByRole('navigation', { name: 'On this page' }).count()).toBe(0);
  });

  it('an external card names its source and links to it', async () => {
    const page = await fixture.view();
    await page.goto('/far-ai/shown');
    await page.getByText(`External: ${fixture.huggingFace.url}`).waitFor();
    const there = page.getByRole('link', { name: 'View on HuggingFace' });
    expect(await there.getAttribute('href')).toBe(`${fixture.huggingFace.url}/far-ai/shown`);
    expect(await page.getByRole('tab').allInnerTexts()).toEqual(['hf CLI', 'Python']);
    await page.goto('/datasets/far-ai/images');
    expect(await there.getAttribute('href')).toBe(`${fixture.huggingFace.url}/datasets/far-ai/images`);
  });

  it('only the owner is asked to create a missing card', async () => {
    const owner = await fixture.view({ as: 'alice' });
    await owner.goto('/alice/bare');
    const write = owner.getByRole('link', { name: 'Create model card' });
    expect(await write.getAttribute('href')).toBe('/alice/bare/new/main?name=README.md');
    expect(await owner.getByRole('link', { name: 'Settings' }).count()).toBe(1);
    const guest = await fixture.view();
    await guest.goto('/alice/bare');
    await guest.getByText('This model has no README.md').waitFor();
    expect(await guest.getByRole('link', { name: 'Create model card' }).count()).toBe(0);
    expect(await guest.getByRole('link', { name: 'Settings' }).count()).toBe(0);
    expect(guest.consoleErrors).toEqual([]);
  });

  it.each([
    ['/far-ai/old-name', '/far-ai/new-name'],
    ['/far-ai/old-name/metadata', '/far-ai/new-name/metadata'],
  ])('redirects the renamed %s to %s', async (from, to) => {
    const page = await fixture.view();
    await page.goto(from);
    await page.waitForURL(fixture.hub.url + to);
    await page.getByRole('heading', { name: 'far-ai/new-name' }).waitFor();
  });

  it.each([
    ['all', true],
    ['sources', false],
    ['off', false],
  ])('remote images and media of cards: %s', async (remote, isLoaded) => {
    const page = await fixture.view();
    const requested: string[] = [];
    await page.route('https://images.example/**', (route) => {
      requested.push(route.request().url());
      return route.fulfill({ contentType: 'image/png', body: GREY_PIXEL_PNG });
    });
    await page.route('**/api/site-config', async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, json: { ...((await response.json()) as object), remote_images: remote } });
    });
    await page.goto('/alice/remote', { waitUntil: 'networkidle' });
    await page.getByRole('heading', { name: 'Remote', exact: true }).waitFor();
    const link = page.getByRole('link', { name: 'a badge (not loaded from images.example)' });
    expect([await link.count(), requested]).toEqual(isLoaded ? [0, ['https://images.example/badge.png']] : [1, []]);
  });

  it('explains gated and missing repositories and rate limits', async () => {
    const page = await fixture.view();
    await page.goto('/far-ai/guarded');
    await page.getByRole('heading', { name: 'This repository is gated' }).waitFor();
    await page.getByText('Gated', { exact: true }).waitFor();
    const gate = page.getByRole('alert');
    await gate.getByText('Only accounts that were given access at HuggingFace can read its files').waitFor();
    expect(await gate.getByText('log in').count()).toBe(0);
    expect(await gate.getByRole('link', { name: 'Sign in' }).count()).toBe(0);
    expect(await gate.getByRole('link', { name: 'View on HuggingFace' }).getAttribute('href')).toBe(
      `${fixture.huggingFace.url}/far-ai/guarded`,
    );
    await page.goto('/far-ai/guarded/blob/main/README.md');
    await gate.getByText('Only accounts that were given access at HuggingFace can read its files').waitFor();
    await gate.getByRole('link', { name: 'View on HuggingFace' }).waitFor();
    await page.goto('/far-ai/no-such-model');
    await page.getByRole('heading', { name: 'Not found' }).waitFor();
    await page.getByRole('link', { name: 'Sign in' }).first().waitFor();
    fixture.huggingFace.exhausted = true;
    await page.goto('/far-ai/elsewhere');
    await page.getByRole('heading', { name: 'Rate limit of HuggingFace reached' }).waitFor();
    await page.getByText('Sources checked (1)').click();
    await page.getByRole('cell', { name: '429' }).waitFor();
    fixture.huggingFace.exhausted = false;
  });
};
