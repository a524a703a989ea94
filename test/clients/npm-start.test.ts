import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { freePort } from '../support/free-port.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const ROOT = resolve(import.meta.dirname, '../..');

/** Links this checkout into a temporary folder with its own `.env` and `data` folder. */
async function checkout(): Promise<string> {
  const folder = await temporaryFolder();
  const shared = readdirSync(ROOT).filter((name) => !['.env', 'data', '.git'].includes(name));
  for (const name of shared) await symlink(join(ROOT, name), join(folder, name));
  return folder;
}

/** Waits until the output contains the text. */
const outputWith = (child: ChildProcess, text: string): Promise<string> =>
  new Promise((found, fail) => {
    let output = '';
    const add = (chunk: Buffer): void => {
      output += chunk.toString();
      if (output.includes(text)) found(output);
    };
    child.stdout?.on('data', add);
    child.stderr?.on('data', add);
    child.once('close', () => fail(new Error(`npm start ended without "${text}":\n${output}`)));
  });

it('npm start uses the existing build and reads .env, which environment variables override', async () => {
  const folder = await checkout();
  const port = await freePort();
  const lines = [`PORT=${port}`, 'HOST=127.0.0.1', 'KOHAKU_HUB_SITE_NAME="From the file"', 'LOG_LEVEL=silent'];
  await writeFile(join(folder, '.env'), `# settings\n${lines.join('\n')}\nKOHAKU_HUB_REGISTRATION=open\n`);
  const child = spawn('npm', ['start'], {
    cwd: folder,
    env: { PATH: process.env.PATH ?? '', HOME: folder, KOHAKU_HUB_REGISTRATION: 'closed' },
    detached: true,
  });
  try {
    expect(await outputWith(child, 'Admin token:')).toContain('Using the existing build.\n');
    const site = (await fetch(`http://127.0.0.1:${port}/api/site-config`)).json();
    expect(await site).toMatchObject({ site_name: 'From the file', registration: 'closed' });
    expect(readdirSync(join(folder, 'data')).sort()).toContain('pgdata');
  } finally {
    const closed = once(child, 'close');
    process.kill(-child.pid!, 'SIGTERM'); // npm and the hub
    await closed;
  }
});
