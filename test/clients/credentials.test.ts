import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { bytes, redirect } from '../support/fake-replies.js';
import { FakeUpstream, requestText, type Responder } from '../support/fake-upstream.js';
import { HubProcess } from '../support/hub-process.js';
import { PASSWORD, registerUser } from '../support/register-user.js';
import { PYTHON_ENVS, PythonClient } from '../support/python-client.js';
import { sendRequest } from '../support/send-request.js';

const run = promisify(execFile);
const COMMIT = 'a'.repeat(40);
const SMALL = '{"hidden_size": 4}';
const LARGE = 'the content of a large file';

let source: FakeUpstream;
let storage: FakeUpstream;
let hub: HubProcess;
let folder: string;
let token: string;

/** A hub whose large files are in a storage on another host. */
const reply: Responder = (response, request) => {
  const small = bytes(200, SMALL, { 'x-repo-commit': COMMIT, etag: `"${'b'.repeat(40)}"` });
  const linked = { 'x-repo-commit': COMMIT, 'x-linked-etag': `"${'c'.repeat(64)}"`, 'x-linked-size': LARGE.length };
  const large = redirect(302, `${storage.url}/blob?signature=s`, linked);
  return (request.url.includes('model.bin') ? large : small)(response, request);
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hubfall-credentials-'));
  source = await FakeUpstream.start(reply, '127.0.0.2');
  storage = await FakeUpstream.start(bytes(200, LARGE, { 'accept-ranges': 'bytes' }), '127.0.0.3');
  hub = await HubProcess.start({
    sources: [{ name: 'Source', url: source.url, source_type: 'huggingface', priority: 1 }],
    env: { KOHAKU_HUB_FALLBACK_ALLOW_PRIVATE_NETWORKS: 'true' },
  });
  token = await registerUser(hub.url, 'client');
  await writeFile(join(folder, '.netrc'), `machine 127.0.0.1 login client password ${token}\n`);
  await chmod(join(folder, '.netrc'), 0o600);
  await writeFile(join(folder, 'cookies'), `127.0.0.1\tFALSE\t/\tFALSE\t0\thubfall_session\t${token}\n`);
}, 60_000);
afterAll(async () => {
  await hub?.close();
  await Promise.all([source?.close(), storage?.close()]);
  await rm(folder, { recursive: true, force: true });
});

const PYTHON = `
import sys, urllib.request
request = urllib.request.Request(sys.argv[1], headers={"Authorization": "Bearer " + sys.argv[2]})
sys.stdout.write(urllib.request.urlopen(request).read().decode())`;

type Command = (url: string) => readonly [program: string, ...args: string[]];
const bearer = (): string => `Authorization: Bearer ${token}`;
const cookie = (): string => `Cookie: hubfall_session=${token}`;
const withPassword = (url: string): string => url.replace('http://', `http://client:${token}@`);
/** aria2c cannot write to standard output. */
const ARIA2 = ['sh', '-c', 'aria2c --quiet --allow-overwrite=true --out out "$@" && cat out', 'sh'] as const;

/** Commands that write a file of the hub to standard output, with credentials in each way that the program supports. */
const COMMANDS: Readonly<Record<string, Command>> = {
  'curl with a header': (url) => ['curl', '-sfL', '-H', bearer(), url],
  'curl with a password in the URL': (url) => ['curl', '-sfL', withPassword(url)],
  'curl with .netrc': (url) => ['curl', '-sfL', '--netrc', url],
  'curl with a cookie header': (url) => ['curl', '-sfL', '-H', cookie(), url],
  'curl with a cookie file': (url) => ['curl', '-sfL', '-b', 'cookies', url],
  'curl with a cookie in an option': (url) => ['curl', '-sfL', '-b', `hubfall_session=${token}`, url],
  'curl with an admin token': (url) => ['curl', '-sfL', '-H', `X-Admin-Token: ${token}`, url],
  'wget with a header': (url) => ['wget', '-qO-', '--header', bearer(), url],
  'wget with a cookie header': (url) => ['wget', '-qO-', '--header', cookie(), url],
  'wget with a cookie file': (url) => ['wget', '-qO-', '--load-cookies', 'cookies', url],
  'wget with a preemptive password': (url) => ['wget', '-qO-', '--auth-no-challenge', withPassword(url)],
  'wget with .netrc': (url) => ['wget', '-qO-', '--auth-no-challenge', url],
  'wget2 with a header': (url) => ['wget2', '-qO-', '--header', bearer(), url],
  'wget2 with a cookie header': (url) => ['wget2', '-qO-', '--header', cookie(), url],
  'aria2c with a header': (url) => [...ARIA2, '--header', bearer(), url],
  'aria2c with a password in the URL': (url) => [...ARIA2, withPassword(url)],
  'aria2c with a cookie file': (url) => [...ARIA2, '--load-cookies', 'cookies', url],
  'Python urllib': (url) => ['python3', '-c', PYTHON, url, token],
};

const leaks = (): string[] =>
  [source, storage]
    .flatMap(({ requests }) => requests.map(requestText))
    .filter((text) => text.includes(token) || text.includes(Buffer.from(`client:${token}`).toString('base64')));

describe.each([
  ['config.json', SMALL],
  ['model.bin', LARGE],
])('downloads of %s', (file, content) => {
  it.each(Object.keys(COMMANDS))('by %s do not send credentials to a source', async (name) => {
    const [program, ...args] = COMMANDS[name]!(`${hub.url}/o/r/resolve/main/${file}`);
    const { stdout } = await run(program, args, { cwd: folder, env: { ...process.env, HOME: folder } });
    expect(stdout).toBe(content);
    expect(leaks()).toEqual([]);
  });

  it('by the requests of Rust hf-hub do not send credentials to a source', async () => {
    const headers = { authorization: `Bearer ${token}`, 'user-agent': 'unknown/None; hf_hub/0.4.3; rust/unknown' };
    const path = `/o/r/resolve/main/${file}`;
    const described = await sendRequest(hub.url, path, { headers: { ...headers, range: 'bytes=0-0' } });
    expect(described.headers['x-repo-commit']).toBe(COMMIT);
    expect(described.headers['etag']).toBeDefined();
    // It follows redirects with reqwest, which drops the header on another host.
    const location = described.headers['location'];
    const fetched = location ? await fetch(location) : await sendRequest(hub.url, path, { headers });
    expect('body' in fetched && fetched.status).toBe(200);
    expect(leaks()).toEqual([]);
  });
});

it('a URL with a credential of this hub is refused, and not sent to a source', async () => {
  source.forget();
  const admin = { 'x-admin-token': hub.adminToken };
  for (const path of [
    `/api/models?search=${token}`,
    `/api/models?author=${token}`,
    `/api/models?search=my+${token}`,
    `/api/models/o/r/tree/main?cursor=${token}`,
    `/api/users/kim/followers?cursor=${hub.adminToken}`,
    `/api/models/o/${token}`,
    `/o/r/resolve/main/${encodeURIComponent(token)}`,
  ]) {
    const response = await sendRequest(hub.url, path, { headers: admin });
    expect([response.status, response.json()]).toEqual([
      400,
      { error: expect.stringContaining('contains a credential of this hub') as string },
    ]);
  }
  expect(source.requests).toEqual([]);
});

interface Login {
  readonly code: number;
  readonly screen: string;
  readonly token: string | null;
  readonly stored: string | null;
}

describe.each(PYTHON_ENVS)('hf auth login of %s in a terminal', (env) => {
  let client: PythonClient;
  beforeAll(async () => {
    client = await PythonClient.start(env, { endpoint: hub.url });
  });
  afterAll(() => client.close());

  const login = async (choice: 'browser' | 'token', secret: string): Promise<Login> => {
    const { code, stdout, stderr } = await client.run('login.py', [choice, secret]);
    if (code !== 0) throw new Error(stderr);
    return JSON.parse(stdout) as Login;
  };

  it('signs in with a code that the user confirms in a browser, and refreshes the token', async () => {
    const json = { username: 'client', password: PASSWORD };
    const { headers } = await sendRequest(hub.url, '/api/auth/login', { method: 'POST', json });
    const { code, screen, token, stored } = await login('browser', headers['set-cookie']!.split(';')[0]!);
    expect([code, screen]).toEqual([0, expect.stringContaining('Login successful')]);
    expect(screen).toMatch(/Token is valid \(permission: write\)[^]*refreshed automatically/);
    expect(token).toMatch(/^hf_[A-Za-z]{34}$/);
    expect(stored).toContain(`[oauth-client@${new URL(hub.url).host}]\nhf_token = ${token}\n`);
    expect((await client.hf('auth', 'whoami')).stdout).toContain('client');
    // the client refreshes a token that is valid for less than a day
    const file = join(client.home, 'hf/stored_tokens');
    await writeFile(file, stored!.replace(/(expires_at = )\d+/, `$1${Math.floor(Date.now() / 1000) + 3600}`));
    const { stdout: renewed } = await client.hf('auth', 'token');
    expect(renewed).toMatch(/hf_[A-Za-z]{34}/);
    expect(renewed).not.toContain(token);
    expect((await client.hf('auth', 'whoami')).stdout).toContain('client');
  });

  it('signs in with a pasted access token', async () => {
    const { code, screen, stored } = await login('token', token);
    expect([code, screen]).toEqual([0, expect.stringContaining('Login successful')]);
    expect(stored).toContain(`[laptop]\nhf_token = ${token}\n`);
  });
});
