import { createHash, randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '../support/temporary-folder.js';
import type { BrowserFixture } from './browser-fixture.js';
import { accessibilityViolations, saveScreenshot, APPEARANCES, overflowsHorizontally } from './page-checks.js';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

export const describeUploads = (shared: () => BrowserFixture): void => {
  let fixture: BrowserFixture;
  let token: string;
  let folder: string;
  const weights = randomBytes(30_000_000);

  beforeAll(async () => {
    fixture = shared();
    token = await fixture.tokenOf('alice');
    folder = await temporaryFolder();
    await writeFile(join(folder, 'weights.safetensors'), weights);
    await mkdir(join(folder, 'pack/deep'), { recursive: true });
    await writeFile(join(folder, 'pack/readme.txt'), 'in the pack\n');
    await writeFile(join(folder, 'pack/deep/table.csv'), 'a,b\n1,2\n');
  });

  const repository = (name: string): Promise<void> =>
    fixture.repository(token, 'model', name, { 'README.md': '# Here\n', '.gitignore': '*.tmp\n' });
  const content = async (path: string): Promise<Buffer> =>
    Buffer.from(await (await fetch(fixture.hub.url + path)).arrayBuffer());

  it.each(APPEARANCES)('is accessible before and after an upload, $theme at $width px', async (appearance) => {
    const name = `alice/shown-${appearance.theme}-${appearance.width}`;
    await repository(name);
    const page = await fixture.view({ ...appearance, as: 'alice' });
    await page.goto(`/${name}/upload/main`);
    await page.getByText('Drop files and folders here').waitFor();
    expect(await accessibilityViolations(page)).toEqual([]);
    await page
      .getByLabel('Files to upload')
      .first()
      .setInputFiles([
        { name: 'one.txt', mimeType: 'text/plain', buffer: Buffer.from('one\n') },
        { name: 'a-rather-long-name-of-a-file-that-does-not-fit.bin', mimeType: '', buffer: Buffer.alloc(2000) },
      ]);
    await page.getByLabel('Commit message').waitFor();
    expect(await accessibilityViolations(page)).toEqual([]);
    expect(await overflowsHorizontally(page)).toBe(false);
    await saveScreenshot(page, `upload-${appearance.theme}-${appearance.width}`);
    await page.getByRole('button', { name: 'Upload 2 files' }).click();
    await page.getByText('Uploaded', { exact: true }).waitFor();
    expect(await accessibilityViolations(page)).toEqual([]);
    expect(page.consoleErrors).toEqual([]);
  });

  it('uploads a large file in parts and retries a failed part', async () => {
    await repository('alice/large');
    const page = await fixture.view({ as: 'alice' });
    let cut = 0;
    await page.route('**/lfs/upload/*/parts/2', (route) => (cut++ ? route.continue() : route.abort('connectionreset')));
    await page.goto('/alice/large/upload/main/models');
    await page.getByLabel('Files to upload').first().setInputFiles(join(folder, 'weights.safetensors'));
    await page.getByLabel('Commit message').fill('Bring the weights');
    await page.getByRole('button', { name: 'Upload 1 file' }).click();
    await page.getByText('Uploaded', { exact: true }).waitFor({ timeout: 60_000 });
    expect(cut).toBe(2);
    expect(sha256(await content('/alice/large/resolve/main/models/weights.safetensors'))).toBe(sha256(weights));
    const commits = await fetch(`${fixture.hub.url}/api/models/alice/large/commits/main`);
    expect(((await commits.json()) as { title: string }[])[0]!.title).toBe('Bring the weights');
    await page.getByRole('link', { name: 'View files' }).click();
    await page.waitForURL('**/alice/large/tree/main/models');
  }, 90_000);

  it('shows the speed and the time left while parts are sent', async () => {
    await repository('alice/slow');
    await writeFile(join(folder, 'more.safetensors'), randomBytes(30_000_000));
    const page = await fixture.view({ as: 'alice' });
    await page.goto('/alice/slow/upload/main');
    await page.getByLabel('Files to upload').first().setInputFiles(join(folder, 'more.safetensors'));
    const devtools = await page.context().newCDPSession(page);
    const limitUpload = (uploadThroughput: number) =>
      devtools.send('Network.emulateNetworkConditions', {
        offline: false,
        latency: 0,
        downloadThroughput: -1,
        uploadThroughput,
      });
    await limitUpload(3_000_000);
    await page.getByRole('button', { name: 'Upload 1 file' }).click();
    await page.getByText(/[\d.]+ [kM]B\/s, .+ left/).waitFor();
    expect(await accessibilityViolations(page)).toEqual([]);
    await limitUpload(-1);
    await page.getByText('Uploaded', { exact: true }).waitFor({ timeout: 60_000 });
  }, 90_000);

  it('keeps uploaded parts after a failure and only retries the others', async () => {
    await repository('alice/stubborn');
    const page = await fixture.view({ as: 'alice' });
    const sent: string[] = [];
    let broken = true;
    await page.route('**/lfs/upload/*/parts/*', (route) => {
      const part = route.request().url().split('/').at(-1)!;
      if (broken && part === '3') return route.abort('connectionreset');
      sent.push(part);
      return route.continue();
    });
    await page.goto('/alice/stubborn/upload/main');
    await page
      .getByLabel('Files to upload')
      .first()
      .setInputFiles([join(folder, 'weights.safetensors'), join(folder, 'pack/readme.txt')]);
    await page.getByLabel('Description').fill('A description that is kept.');
    await page.getByRole('button', { name: 'Upload 2 files' }).click();
    await page.getByText('1 file could not be uploaded.').waitFor({ timeout: 60_000 });
    await page.getByText('Could not connect to the hub.').waitFor();
    expect(await accessibilityViolations(page)).toEqual([]);
    expect([...sent].sort()).toEqual(['1', '2', '4']);
    broken = false;
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByText('Uploaded', { exact: true }).waitFor({ timeout: 60_000 });
    expect([...sent].sort()).toEqual(['1', '2', '3', '4']);
    expect(sha256(await content('/alice/stubborn/resolve/main/weights.safetensors'))).toBe(sha256(weights));
  }, 120_000);

  it('uploads a folder with its paths and skips files listed in .gitignore', async () => {
    await repository('alice/folders');
    await writeFile(join(folder, 'pack/scratch.tmp'), 'no');
    const page = await fixture.view({ as: 'alice' });
    await page.goto('/alice/folders/upload/main');
    await page.getByLabel('Folder to upload').setInputFiles(join(folder, 'pack'));
    await page.getByLabel('Target folder').fill('data');
    await page.getByRole('button', { name: 'Upload 3 files' }).click();
    await page.getByText('Uploaded', { exact: true }).waitFor();
    expect((await content('/alice/folders/resolve/main/data/pack/deep/table.csv')).toString()).toBe('a,b\n1,2\n');
    expect((await fetch(`${fixture.hub.url}/alice/folders/resolve/main/data/pack/scratch.tmp`)).status).toBe(404);
  });

  it('uploads dropped files', async () => {
    await repository('alice/dropped');
    const page = await fixture.view({ as: 'alice' });
    await page.goto('/alice/dropped/upload/main');
    const data = await page.evaluateHandle(`(() => {
      const data = new DataTransfer();
      data.items.add(new File(['dropped\\n'], 'dropped.txt'));
      return data;
    })()`);
    await page.getByText('Drop files and folders here').dispatchEvent('drop', { dataTransfer: data });
    await page.getByText('dropped.txt').waitFor();
    await page.getByRole('button', { name: 'Upload 1 file' }).click();
    await page.getByText('Uploaded', { exact: true }).waitFor();
    expect((await content('/alice/dropped/resolve/main/dropped.txt')).toString()).toBe('dropped\n');
  });

  it('asks before leaving the page, and continues a stopped upload', async () => {
    await repository('alice/held');
    const page = await fixture.view({ as: 'alice' });
    let held = true;
    await page.route('**/lfs/upload/*/parts/*', (route) => (held ? undefined : route.continue()));
    await page.goto('/alice/held/upload/main');
    await page.getByLabel('Files to upload').first().setInputFiles(join(folder, 'weights.safetensors'));
    await page.getByRole('button', { name: 'Upload 1 file' }).click();
    await page.getByRole('progressbar', { name: 'Uploading weights.safetensors' }).waitFor({ timeout: 30_000 });
    expect(await accessibilityViolations(page)).toEqual([]);
    await page.getByRole('link', { name: 'Datasets' }).click();
    const dialog = page.getByRole('alertdialog');
    await dialog.getByText('Leave while files are uploading?').waitFor();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    expect(page.url()).toContain('/alice/held/upload/main');
    await page.getByRole('button', { name: 'Stop' }).click();
    held = false;
    await page.getByRole('button', { name: 'Upload 1 file' }).click();
    await page.getByText('Uploaded', { exact: true }).waitFor({ timeout: 60_000 });
    expect(sha256(await content('/alice/held/resolve/main/weights.safetensors'))).toBe(sha256(weights));
  }, 90_000);

  it('names the file that the repository rejects', async () => {
    await repository('alice/picky');
    const page = await fixture.view({ as: 'alice' });
    await page.goto('/alice/picky/upload/main');
    await page
      .getByLabel('Files to upload')
      .first()
      .setInputFiles([
        { name: 'good.txt', mimeType: 'text/plain', buffer: Buffer.from('good') },
        { name: 'back\\slash.txt', mimeType: 'text/plain', buffer: Buffer.from('bad') },
      ]);
    await page.getByRole('button', { name: 'Upload 2 files' }).click();
    await page.getByText('contains a backslash').waitFor();
    await page.getByRole('button', { name: 'Remove back\\slash.txt' }).click();
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByText('Uploaded', { exact: true }).waitFor();
  });

  it('requires write access', async () => {
    await repository('alice/closed');
    const page = await fixture.view({ as: 'bob' });
    await page.goto('/alice/closed/upload/main');
    await page.getByText('Uploading requires write access').waitFor();
    await page.goto('/far-ai/shown/upload/main');
    await page.getByText('is hosted on HuggingFace. Edit it there.').waitFor();
  });
};
