import type { Page } from 'playwright-core';
import type { BrowserFixture } from './browser-fixture.js';
import { eventually } from '../support/eventually.js';
import { accessibilityViolations, APPEARANCES, overflowsHorizontally, saveScreenshot } from './page-checks.js';

const field = (page: Page) => page.getByRole('combobox', { name: 'Search' });

export const describeSearch = (shared: () => BrowserFixture): void => {
  let fixture: BrowserFixture;

  beforeAll(async () => {
    fixture = shared();
    const token = await fixture.tokenOf('alice');
    await fixture.repository(token, 'model', 'alice/shown-here', { 'README.md': '# Here' });
    await fixture.repository(token, 'model', 'alice/shown-card', {
      'README.md': '# Birds\n\nThe penguin waddles & swims.\n',
    });
    await fixture.repository(token, 'dataset', 'alice/shown-rows', { 'rows.csv': 'a' });
  });

  it('suggests local repositories, then external ones with their badge, and opens one by keyboard', async () => {
    const page = await fixture.view();
    await page.goto('/datasets');
    await page.getByRole('heading', { level: 1, name: 'Datasets' }).waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('shown');
    const option = (name: string) => page.getByRole('option', { name });
    await option('alice/shown-rows').waitFor();
    await option('far-ai/shown').getByText('HuggingFace').waitFor();
    await page.getByRole('group', { name: 'Datasets' }).waitFor();
    const models = page.getByRole('group', { name: 'Models' }).getByRole('option');
    const names = async () => (await models.allInnerTexts()).map((text) => text.split('\n')[0]).join();
    await eventually(async () => (await names()) === 'alice/shown-card,alice/shown-here,far-ai/shown');
    expect(await accessibilityViolations(page)).toEqual([]);
    await saveScreenshot(page, 'search-suggestions');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'shown-card' }).waitFor();
    expect(await field(page).inputValue()).toBe('');
  });

  it('opens a repository by its id, and closes the suggestions with Escape', async () => {
    const page = await fixture.view();
    await page.goto('/');
    await page.keyboard.press('Control+k');
    await page.keyboard.type('alice/shown-here');
    await page.getByRole('option', { name: 'alice/shown-here' }).first().waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('listbox').waitFor({ state: 'detached' });
    await field(page).fill('alice/shown-rows'); // a dataset, before there are suggestions
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/datasets\/alice\/shown-rows$/);
  });

  it.each(APPEARANCES)('lists results by type with counts, $theme at $width px', async (appearance) => {
    const page = await fixture.view(appearance);
    await page.goto('/');
    await field(page).fill('alice');
    await field(page).press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Results for “alice”' }).waitFor();
    const tabs = page.getByRole('navigation', { name: 'Types of results' });
    await tabs.getByRole('link', { name: 'Datasets' }).click();
    await page.getByRole('link', { name: 'alice/shown-rows' }).waitFor();
    await tabs.getByRole('link', { name: /^Users 1$/ }).click();
    await page.getByRole('main').getByRole('link', { name: 'alice' }).waitFor();
    expect(new URL(page.url()).search).toBe('?q=alice&type=user');
    expect(await accessibilityViolations(page)).toEqual([]);
    expect(await overflowsHorizontally(page)).toBe(false);
    await saveScreenshot(page, `search-${appearance.theme}-${appearance.width}`);
    await tabs.getByRole('link', { name: 'Models' }).click();
    await saveScreenshot(page, `search-models-${appearance.theme}-${appearance.width}`);
  });

  it.each(APPEARANCES)('finds texts in cards, with marked matches, $theme at $width px', async (appearance) => {
    const page = await fixture.view(appearance);
    await page.goto('/search?q=penguins');
    await page.getByRole('link', { name: /^In cards 1$/ }).click();
    const cards = page.getByRole('list', { name: 'Cards' });
    await cards.getByRole('link', { name: 'alice/shown-card' }).waitFor();
    expect(await cards.locator('mark').allInnerTexts()).toEqual(['penguin']);
    await cards.getByText('waddles & swims').waitFor();
    expect(await accessibilityViolations(page)).toEqual([]);
    expect(await overflowsHorizontally(page)).toBe(false);
    await page.goto('/search?q=walruses&type=card');
    await page.getByText('No cards found').waitFor();
  });

  it('reports that there are no results', async () => {
    const page = await fixture.view();
    await page.goto('/search?q=no-such-thing&type=space');
    await page.getByText('No spaces found').waitFor();
  });
};
