import type { BrowserFixture } from './browser-fixture.js';
import { json } from '../support/fake-replies.js';
import { GREY_PIXEL_PNG } from './external-content.js';
import {
  accessibilityViolations,
  saveScreenshot,
  APPEARANCES,
  imageWidth,
  overflowsHorizontally,
} from './page-checks.js';

export const describeFiles = (shared: () => BrowserFixture): void => {
  let fixture: BrowserFixture;
  let token: string;

  beforeAll(async () => {
    fixture = shared();
    token = await fixture.tokenOf('alice');
    const many = Object.fromEntries(
      Array.from({ length: 130 }, (_, n) => [`many/file-${String(n).padStart(3, '0')}.txt`, `${n}\n`]),
    );
    await fixture.repository(token, 'model', 'alice/many', { ...many, 'many/zoo/a.txt': 'a\n' });
    await fixture.branch(token, 'model', 'alice/near', 'feat/x');
  });

  it.each(APPEARANCES)(
    'lists folders first, with sizes, commits, totals and the README, $theme at $width px',
    async (appearance) => {
      const page = await fixture.view({ ...appearance, as: 'alice' });
      await page.goto('/alice/near/tree/main');
      const table = page.getByRole('table', { name: 'Files in near' });
      await table.getByRole('link', { name: 'README.md', exact: true }).waitFor();
      const names = await table.locator('tbody td:first-child a').allInnerTexts();
      expect(names.slice(0, 5)).toEqual(['docs', 'odd', 'src', '.gitattributes', 'README.md']);
      await page
        .getByRole('row', { name: /weights\.bin/ })
        .getByText('4.00 kB')
        .waitFor();
      await page.getByText(/^3 folders · 14 files · /).waitFor();
      await page.getByRole('article', { name: 'README.md' }).getByRole('heading', { name: 'Near model' }).waitFor();
      if (appearance.width > 1000)
        await page
          .getByRole('row', { name: /config\.json/ })
          .getByText('Add files')
          .waitFor();
      expect(await accessibilityViolations(page)).toEqual([]);
      expect(await overflowsHorizontally(page)).toBe(false);
      expect(page.consoleErrors).toEqual([]);
      await saveScreenshot(page, `repository-files-${appearance.theme}-${appearance.width}`);
    },
  );

  it('navigates folders, including unusual names', async () => {
    const page = await fixture.view();
    await page.goto('/alice/near/tree/main');
    await page.getByRole('link', { name: 'odd', exact: true }).click();
    await page.getByRole('link', { name: 'with space & #.txt', exact: true }).click();
    await page.getByRole('region', { name: 'Text of odd/with space & #.txt' }).getByText('odd').waitFor();
    expect(decodeURIComponent(new URL(page.url()).pathname)).toBe('/alice/near/blob/main/odd/with space & #.txt');
    await page.getByRole('navigation', { name: 'Path' }).getByRole('link', { name: 'odd' }).click();
    await page.getByRole('table', { name: 'Files in odd' }).waitFor();
    await page.getByRole('navigation', { name: 'Path' }).getByRole('link', { name: 'near' }).click();
    await page.getByRole('table', { name: 'Files in near' }).waitFor();
  });

  it('loads large folders 100 entries at a time, folders first', async () => {
    const page = await fixture.view();
    await page.goto('/alice/many/tree/main/many');
    await page.getByRole('link', { name: 'zoo', exact: true }).waitFor();
    expect(await page.locator('tbody tr').count()).toBe(100);
    await page.getByText('1 folder · 130 files').waitFor();
    await page.getByRole('button', { name: 'Show more' }).click();
    await page.getByRole('link', { name: 'file-129.txt', exact: true }).waitFor();
    expect(await page.getByRole('button', { name: 'Show more' }).count()).toBe(0);
  });

  it('switches the branch by keyboard', async () => {
    const page = await fixture.view();
    await page.goto('/alice/near/blob/main/config.json');
    await page.getByRole('button', { name: 'Branch main, switch branch or tag' }).press('Enter');
    await page.getByRole('option', { name: 'feat/x' }).waitFor();
    await page.keyboard.type('feat');
    await page.getByRole('option', { name: 'main' }).waitFor({ state: 'detached' });
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/alice/near/blob/feat%2Fx/config.json');
    await page.getByRole('button', { name: 'Branch feat/x, switch branch or tag' }).waitFor();
    expect(await accessibilityViolations(page)).toEqual([]);
  });

  it('offers uploads only on branches and to users with write access', async () => {
    const page = await fixture.view({ as: 'alice' });
    await page.goto('/alice/near/tree/main/docs');
    const upload = page.getByRole('link', { name: 'Upload' });
    expect(await upload.getAttribute('href')).toBe('/alice/near/upload/main/docs');
    expect(await page.getByRole('link', { name: 'New file' }).getAttribute('href')).toBe('/alice/near/new/main/docs');
    await page.getByRole('link', { name: /Files at commit/ }).click();
    await page.getByRole('button', { name: /^Commit [0-9a-f]{40}, switch branch or tag$/ }).waitFor();
    expect(await upload.count()).toBe(0);
    const guest = await fixture.view();
    await guest.goto('/alice/near/tree/main');
    await guest.getByRole('link', { name: 'config.json', exact: true }).waitFor();
    expect(await guest.getByRole('link', { name: 'Upload' }).count()).toBe(0);
  });

  it.each([
    ['/alice/near/tree/nowhere', 'Revision not found', 'View files on main'],
    ['/alice/near/tree/main/no/such', 'File not found', 'View all files'],
    ['/alice/near/blob/main/no.txt', 'File not found', 'View all files'],
    ['/alice/near/blob/nowhere/config.json', 'Revision not found', 'View files on main'],
    ['/alice/near/commits/nowhere', 'Revision not found', 'View files on main'],
  ])('%s: %s', async (path, title, back) => {
    const page = await fixture.view();
    await page.goto(path);
    await page.getByRole('heading', { name: title }).waitFor();
    await page.getByRole('link', { name: back }).click();
    await page.getByRole('link', { name: 'config.json', exact: true }).waitFor();
  });

  it('redirects folder URLs of files and file URLs of folders', async () => {
    const page = await fixture.view();
    await page.goto('/alice/near/tree/main/config.json');
    await page.waitForURL('**/blob/main/config.json');
    await page.goto('/alice/near/blob/main/docs');
    await page.waitForURL('**/tree/main/docs');
    await page.getByRole('heading', { name: 'Folder README' }).waitFor();
  });

  it('shows files of external repositories', async () => {
    const page = await fixture.view();
    await page.goto('/far-ai/tiny/tree/main');
    await page.getByRole('link', { name: 'model.safetensors', exact: true }).waitFor();
    await page.getByText('LFS').first().waitFor();
    await page.getByRole('link', { name: 'config.json', exact: true }).click();
    await page.getByText('"gpt2"').waitFor();
    expect(page.consoleErrors).toEqual([]);
  });

  it('shows the commit history', async () => {
    const page = await fixture.view();
    await page.goto('/alice/near/tree/main');
    await page.getByRole('link', { name: 'Commits' }).click();
    const commits = page.getByRole('region', { name: 'Commits' });
    await commits.getByText('2 commits').waitFor();
    expect(await commits.getByRole('listitem').allInnerTexts()).toEqual([
      expect.stringContaining('Add files'),
      expect.stringContaining('initial commit'),
    ]);
    expect(await accessibilityViolations(page)).toEqual([]);
    await commits
      .getByRole('link', { name: /^Files at/ })
      .last()
      .click();
    await page.getByText('1 file · ').waitFor();
  });

  it('shows the changes of a commit', async () => {
    await fixture.repository(token, 'model', 'alice/changed', { 'a.txt': 'one\ntwo\nthree\n', 'old.txt': 'x' });
    await fixture.commit(token, 'model', 'alice/changed', { 'a.txt': 'one\n<b>2</b>\nthree\n' });
    const page = await fixture.view();
    await page.goto('/alice/changed/commits/main');
    await page.getByRole('region', { name: 'Commits' }).getByRole('link', { name: 'Add files' }).first().click();
    await page.getByText('1 changed file').waitFor();
    const changes = page.getByRole('region', { name: 'Changes of a.txt' });
    expect((await changes.getByRole('row').allInnerTexts()).map((row) => row.replace(/\s+/g, ' ').trim())).toEqual([
      '@@ -1,3 +1,3 @@',
      '1 1 one',
      '2 - deleted: two',
      '2 + added: <b>2</b>',
      '3 3 three',
    ]);
    expect(await accessibilityViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Side by side' }).click();
    await changes.getByRole('columnheader', { name: 'Before', exact: true }).waitFor();
    expect((await changes.getByRole('row').allInnerTexts()).map((row) => row.replace(/\s+/g, ' ').trim())).toEqual([
      'Line before Before Line after After',
      '@@ -1,3 +1,3 @@',
      '1 one 1 one',
      '2 deleted: two 2 added: <b>2</b>',
      '3 three 3 three',
    ]);
    expect(await accessibilityViolations(page)).toEqual([]);
    await saveScreenshot(page, 'changes-side-by-side');
    await page.reload(); // the browser stores the choice
    await changes.getByRole('columnheader', { name: 'Before', exact: true }).waitFor();
    await page.getByRole('link', { name: 'a.txt' }).click();
    await page.waitForURL(/\/alice\/changed\/blob\/[0-9a-f]{40}\/a\.txt$/);
  });

  it('shows commits of external repositories, and links to the source if it cannot', async () => {
    const page = await fixture.view();
    await page.goto('/far-ai/shown');
    await page.getByRole('link', { name: 'Commits' }).click();
    const commits = page.getByRole('region', { name: 'Commits' });
    await commits.getByText('3 commits').waitFor();
    expect(await accessibilityViolations(page)).toEqual([]);
    await commits.getByRole('listitem').first().getByRole('link').first().click();
    await page.waitForURL(/\/far-ai\/shown\/commit\/[0-9a-f]{40}$/);
    const changes = page.getByRole('region', { name: 'Commit' });
    await changes.getByText('"model_type": "gpt2"').waitFor();
    await changes.getByText('1 changed file').waitFor();
    const [id, commit] = ['far-ai/no-diffs', 'c'.repeat(40)];
    const history = [{ id: commit, title: 'Only commit', authors: [], date: '2026-01-01T00:00:00.000Z', message: '' }];
    fixture.huggingFace.scripts.set(id, (response, request) => {
      if (request.url.includes('/compare/')) return json(500, { error: 'Internal error' })(response, request);
      return json(200, request.url.includes('/commits/') ? history : { id, sha: commit })(response, request);
    });
    await page.goto(`/${id}/commit/${commit}`);
    await page.getByText('Only commit').waitFor();
    const there = page.getByRole('link', { name: 'View this page on HuggingFace' });
    expect(await there.getAttribute('href')).toBe(`${fixture.huggingFace.url}/${id}/commit/${commit}`);
  });

  it('shows the history of a file', async () => {
    await fixture.repository(token, 'model', 'alice/old', { 'a.txt': 'one\n' });
    for (const content of ['b.txt', 'a.txt'])
      await fixture.commit(token, 'model', 'alice/old', { [content]: `${content} changed\n` });
    const page = await fixture.view();
    await page.goto('/alice/old/blob/main/a.txt');
    await page.getByRole('link', { name: 'History' }).click();
    const commits = page.getByRole('region', { name: 'History of the file' }).getByRole('list').last();
    await commits.getByText('14 B').waitFor();
    expect(await commits.getByRole('listitem').count()).toBe(2); // not the commit of b.txt
    expect(await commits.getByRole('listitem').last().innerText()).toMatch(/, 4 B$/m);
    expect(await accessibilityViolations(page)).toEqual([]);
    await commits
      .getByRole('link', { name: /^File at/ })
      .last()
      .click();
    await page.getByRole('region', { name: 'Text of a.txt' }).getByText('one').waitFor();
    await page.goto('/far-ai/shown/commits/main/README.md');
    await page.getByRole('region', { name: 'History of the file' }).getByRole('listitem').first().waitFor();
  });

  it('compares two revisions, and shows images before and after', async () => {
    await fixture.repository(token, 'model', 'alice/compared', { 'a.txt': 'one\n', 'dot.png': GREY_PIXEL_PNG });
    await fixture.branch(token, 'model', 'alice/compared', 'v1');
    await fixture.commit(token, 'model', 'alice/compared', {
      'a.txt': 'two\n',
      'dot.png': Buffer.concat([GREY_PIXEL_PNG, Buffer.from('x')]),
    });
    const page = await fixture.view();
    await page.goto('/alice/compared/commits/v1');
    await page.getByRole('link', { name: 'Compare' }).click();
    await page.getByRole('heading', { name: 'Compare revisions' }).waitFor();
    await page.getByText('2 changed files').waitFor();
    expect(new URL(page.url()).pathname).toBe('/alice/compared/compare/main..v1');
    await page.goto('/alice/compared/compare/v1...main');
    await page.getByRole('region', { name: 'Changes of a.txt' }).getByText('two').waitFor();
    expect(await imageWidth(page, 'dot.png before the change')).toBeGreaterThan(0);
    expect(await imageWidth(page, 'dot.png after the change')).toBeGreaterThan(0);
    expect(await accessibilityViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Branch main, switch branch or tag' }).click();
    await page.getByRole('option', { name: 'v1' }).click();
    await page.getByText('Choose two different revisions').waitFor();
  });

  it.each(APPEARANCES)('creates and deletes branches and tags, $theme at $width px', async (appearance) => {
    const name = `alice/refs-${appearance.theme}-${appearance.width}`;
    await fixture.repository(token, 'model', name, { 'a.txt': 'one\n' });
    const page = await fixture.view({ ...appearance, as: 'alice' });
    await page.goto(`/${name}/tree/main`);
    await page.getByRole('button', { name: 'Branch main, switch branch or tag' }).click();
    await page.getByRole('link', { name: 'All branches and tags' }).click();
    const branches = page.getByRole('region', { name: 'Branches' });
    await branches.getByRole('button', { name: 'New branch' }).click();
    await page.getByRole('textbox', { name: 'Name' }).fill('feat/x');
    expect(await accessibilityViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Create branch' }).click();
    await branches.getByRole('link', { name: 'feat/x', exact: true }).waitFor();
    await page.getByRole('button', { name: 'New tag' }).click();
    await page.getByRole('textbox', { name: 'Name' }).fill('v1');
    await page.getByRole('textbox', { name: 'Revision' }).fill('feat/x');
    await page.getByLabel('Message').fill('First release');
    await page.getByRole('button', { name: 'Create tag' }).click();
    const tags = page.getByRole('region', { name: 'Tags' });
    await tags.getByRole('link', { name: 'v1', exact: true }).waitFor();
    expect(await accessibilityViolations(page)).toEqual([]);
    expect(await overflowsHorizontally(page)).toBe(false);
    await saveScreenshot(page, `branches-${appearance.theme}-${appearance.width}`);
    expect(await branches.getByRole('button', { name: 'Delete branch main' }).count()).toBe(0);
    await branches.getByRole('button', { name: 'Delete branch feat/x' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Delete branch' }).click();
    await branches.getByRole('link', { name: 'feat/x', exact: true }).waitFor({ state: 'detached' });
    await tags.getByRole('button', { name: 'Delete tag v1' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Delete tag' }).click();
    await tags.getByText('No tags yet').waitFor();
    expect(page.consoleErrors).toEqual([]);
  });

  it('shows branches of others without buttons that change them', async () => {
    const page = await fixture.view();
    await page.goto('/alice/near/branches');
    await page.getByRole('link', { name: 'Compare feat/x with main' }).waitFor();
    expect(await page.getByRole('button', { name: /^(New|Delete) (branch|tag)/ }).count()).toBe(0);
  });

  it('shows metadata, and a warning if it is invalid', async () => {
    const page = await fixture.view({ as: 'alice' });
    await page.goto('/alice/near/metadata');
    await page.getByText('pipeline_tag', { exact: true }).waitFor();
    await page.getByRole('heading', { name: 'As written in README.md' }).waitFor();
    expect(await accessibilityViolations(page)).toEqual([]);
    await fixture.repository(token, 'model', 'alice/torn', { 'README.md': '---\na: "\n---\n# Torn\n' });
    await page.goto('/alice/torn/metadata');
    await page.getByRole('alert').getByText('The metadata is invalid.').waitFor();
    expect(await page.getByRole('link', { name: 'Fix' }).getAttribute('href')).toBe('/alice/torn/edit/main/README.md');
    await page.goto('/alice/bare/metadata');
    await page.getByText('No metadata').waitFor();
    await page.goto('/far-ai/shown/metadata');
    await page.getByText('apache-2.0').first().waitFor();
    await page.getByText('library_name', { exact: true }).waitFor();
  });
};
