// What the benchmarks of writes need: an account with an access token, a repository, commits.
import { randomBytes } from 'node:crypto';
import { request } from 'undici';

/** Asks and reads the whole answer; anything but 2xx ends the benchmark. */
export async function ask(url, { method = 'GET', headers = {}, body } = {}) {
  const answer = await request(url, { method, headers, body });
  const text = await answer.body.text();
  if (answer.statusCode >= 300) throw new Error(`${method} ${url} answered ${answer.statusCode}: ${text}`);
  return { headers: answer.headers, json: () => JSON.parse(text), bytes: text.length };
}

const asJson = (value, headers = {}) => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(value),
});

/** Somebody new on the hub, as headers that bear an access token. */
export async function newWriter(hub, name) {
  const password = randomBytes(12).toString('base64url');
  await ask(`${hub.url}/api/auth/register`, asJson({ username: name, email: `${name}@example.org`, password }));
  const { headers } = await ask(`${hub.url}/api/auth/login`, asJson({ username: name, password }));
  const cookie = [headers['set-cookie']].flat()[0].split(';')[0];
  const made = await ask(`${hub.url}/api/auth/tokens/create`, asJson({ name: 'bench' }, { cookie }));
  return { authorization: `Bearer ${made.json().token}` };
}

export const newRepository = (hub, writer, name) =>
  ask(`${hub.url}/api/repos/create`, asJson({ name, type: 'model' }, writer));

const line = (key, value) => `${JSON.stringify({ key, value })}\n`;
export const fileLine = (path, content) =>
  line('file', { path, content: Buffer.from(content).toString('base64'), encoding: 'base64' });

/** Makes a commit of these lines; `lines` may be a stream's worth. */
export const commit = (hub, writer, id, lines) =>
  ask(`${hub.url}/api/models/${id}/commit/main`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson', ...writer },
    body: Buffer.concat([Buffer.from(line('header', { summary: 'bench' })), Buffer.from(lines.join(''))]),
  });
