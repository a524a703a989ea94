import type { Locator } from 'playwright-core';
import type { BrowserFixture } from './browser-fixture.js';
import { accessibilityViolations, saveScreenshot, APPEARANCES, overflowsHorizontally } from './page-checks.js';

export const describeEditor = (shared: () => BrowserFixture): void => {
  let fixture: BrowserFixture;
  let token: string;

  beforeAll(async () => {
    fixture = shared();
    token = await fixture.tokenOf('alice');
  });

  const raw = async (path: string): Promise<string> => (await fetch(fixture.hub.url + path)).text();
  /** Commits one file from outside the browser. */
  const commit = async (repo: string, path: string, content: string): Promise<void> => {
    const lines = [
      { key: 'header', value: { summary: 'Theirs' } },
      { key: 'file', value: { path, content, encoding: 'utf-8' } },
    ];
    const answer = await fetch(`${fixture.hub.url}/api/models/${repo}/commit/main`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/x-ndjson' },
      body: lines.map((line) => JSON.stringify(line)).join('\n'),
    });
    expect(answer.status).toBe(200);
  };

  /** The lines of the editor. */
  const textOf = async (editor: Locator): Promise<string> =>
    (await editor.locator('.cm-line').allInnerTexts()).map((line) => line.replace(/\n$/, '')).join('\n');

  it.each(APPEARANCES)('is accessible, $theme at $width px', async (appearance) => {
    const name = `alice/edited-${appearance.theme}-${appearance.width}`;
    await fixture.repository(token, 'model', name, { 'README.md': '# Shown\n' });
    const page = await fixture.view({ ...appearance, as: 'alice' });
    await page.goto(`/${name}/edit/main/README.md`);
    await page.getByLabel('README.md').waitFor();
    expect(await accessibilityViolations(page)).toEqual([]);
    expect(await overflowsHorizontally(page)).toBe(false);
    await saveScreenshot(page, `edit-${appearance.theme}-${appearance.width}`);
    await page.getByRole('button', { name: 'Preview' }).click();
    await page.getByRole('heading', { name: 'Shown' }).last().waitFor();
    expect(await accessibilityViolations(page)).toEqual([]);
    expect(page.consoleErrors).toEqual([]);
  });

  it('belongs to a repository that users can like', async () => {
    await fixture.repository(token, 'model', 'alice/liked', { 'notes.txt': 'x' });
    const page = await fixture.view({ as: 'alice' });
    await page.goto('/alice/liked');
    await page.getByRole('button', { name: 'Like, 0 likes', pressed: false }).click();
    await page.getByRole('button', { name: 'Unlike, 1 like', pressed: true }).waitFor();
    await page.reload();
    await page.getByRole('button', { name: 'Unlike, 1 like' }).press('Enter');
    await page.getByRole('button', { name: 'Like, 0 likes' }).waitFor();
    const visitor = await fixture.view();
    await visitor.goto('/alice/liked');
    await visitor.getByRole('link', { name: 'Like, 0 likes' }).click();
    await visitor.waitForURL('**/login?next=/alice/liked');
    expect([...page.consoleErrors, ...visitor.consoleErrors]).toEqual([]);
  });

  it('keeps the text when the file has changed since it was opened', async () => {
    await fixture.repository(token, 'model', 'alice/busy', { 'notes.txt': 'one\r\ntwo\r\n', 'other.txt': 'x' });
    const page = await fixture.view({ as: 'alice' });
    await page.goto('/alice/busy/edit/main/notes.txt');
    const editor = page.getByLabel('notes.txt');
    await editor.fill('one\nmine\n');
    await commit('alice/busy', 'notes.txt', 'theirs\n');
    await page.getByRole('button', { name: 'Commit to main' }).click();
    await page.getByText('Somebody has changed this file since you opened it.').waitFor();
    expect(await textOf(editor)).toBe('one\nmine\n');
    expect(await raw('/alice/busy/raw/main/notes.txt')).toBe('theirs\n');
    expect(await accessibilityViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Overwrite' }).click();
    await page.waitForURL('**/alice/busy/blob/main/notes.txt');
    expect(await raw('/alice/busy/raw/main/notes.txt')).toBe('one\r\nmine\r\n');
  });

  it('commits when only other files have changed', async () => {
    await fixture.repository(token, 'model', 'alice/side', { 'notes.txt': 'one\n', 'other.txt': 'x' });
    const page = await fixture.view({ as: 'alice' });
    await page.goto('/alice/side/edit/main/notes.txt');
    await page.getByLabel('notes.txt').fill('two\n');
    await commit('alice/side', 'other.txt', 'y');
    await page.getByLabel('Commit message').fill('Count on');
    await page.getByRole('button', { name: 'Commit to main' }).click();
    await page.waitForURL('**/alice/side/blob/main/notes.txt');
    expect(await raw('/alice/side/raw/main/notes.txt')).toBe('two\n');
    expect(await raw('/alice/side/raw/main/other.txt')).toBe('y');
  });

  it('highlights the text, and shows the changes before the commit, by keyboard', async () => {
    await fixture.repository(token, 'model', 'alice/keys', { 'run.py': 'import os\nprint(1)\n' });
    const page = await fixture.view({ as: 'alice' });
    await page.goto('/alice/keys/edit/main/run.py');
    const editor = page.getByLabel('run.py');
    await editor.locator('.tok-keyword').first().waitFor();
    await editor.focus();
    await page.keyboard.press('Control+End');
    await page.keyboard.type('print(2)');
    await page.keyboard.press('Control+z');
    await page.keyboard.type('<b>3</b>');
    await page.getByRole('button', { name: 'Changes' }).focus();
    await page.keyboard.press('Enter');
    await page.getByText('1 added line, 0 deleted lines').waitFor();
    const changes = page.getByRole('region', { name: 'Changes of run.py' });
    await changes.getByText('<b>3</b>').waitFor();
    expect(await accessibilityViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Write' }).press('Enter');
    await editor.focus();
    await page.keyboard.press('Tab'); // leaves the editor
    await page.keyboard.type('Three');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/alice/keys/blob/main/run.py');
    expect(await raw('/alice/keys/raw/main/run.py')).toBe('import os\nprint(1)\n<b>3</b>');
    await page.getByText('Three').waitFor();
    expect(page.consoleErrors).toEqual([]);
  });

  it('creates a file, but does not overwrite an existing one', async () => {
    await fixture.repository(token, 'model', 'alice/new-one', { 'docs/there.md': 'there\n' });
    const page = await fixture.view({ as: 'alice' });
    await page.goto('/alice/new-one/new/main/docs');
    await page.getByLabel(/^Name/).fill('there.md');
    await page.getByLabel('Content').fill('# New\n');
    await page.getByRole('button', { name: 'Commit to main' }).click();
    await page.getByText('docs/there.md already exists.').waitFor();
    await page.getByLabel(/^Name/).fill('new.md');
    await page.getByRole('button', { name: 'Commit to main' }).click();
    await page.waitForURL('**/alice/new-one/blob/main/docs/new.md');
    expect(await raw('/alice/new-one/raw/main/docs/new.md')).toBe('# New\n');
    expect(await raw('/alice/new-one/raw/main/docs/there.md')).toBe('there\n');
  });

  it('asks before discarding changes, and opens only text files', async () => {
    await fixture.repository(token, 'model', 'alice/kept', { 'a.txt': 'a\n', 'b.dat': Buffer.from([0, 255, 1]) });
    const page = await fixture.view({ as: 'alice' });
    await page.goto('/alice/kept/edit/main/a.txt');
    await page.getByLabel('a.txt').fill('changed\n');
    await page.getByRole('link', { name: 'Datasets' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel' }).click();
    expect(await textOf(page.getByLabel('a.txt'))).toBe('changed\n');
    await page.getByRole('link', { name: 'Datasets' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Leave' }).click();
    await page.waitForURL('**/datasets');
    await page.goto('/alice/kept/edit/main/b.dat');
    await page.getByText('Not a text file').waitFor();
  });
};
