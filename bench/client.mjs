// Client functions for benchmarks of writes.
import { randomBytes } from 'node:crypto';
import { request } from 'undici';

/**
 * Sends a request and reads the whole response.
 * @throws if the status is not 2xx
 */
export async function send(url, { method = 'GET', headers = {}, body } = {}) {
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

/** Registers a user and returns headers with an access token. */
export async function newWriter(hub, name) {
  const password = randomBytes(12).toString('base64url');
  await send(`${hub.url}/api/auth/register`, asJson({ username: name, email: `${name}@example.org`, password }));
  const { headers } = await send(`${hub.url}/api/auth/login`, asJson({ username: name, password }));
  const cookie = [headers['set-cookie']].flat()[0].split(';')[0];
  const created = await send(`${hub.url}/api/auth/tokens/create`, asJson({ name: 'bench' }, { cookie }));
  return { authorization: `Bearer ${created.json().token}` };
}

export const newRepository = (hub, writer, name) =>
  send(`${hub.url}/api/repos/create`, asJson({ name, type: 'model' }, writer));

const line = (key, value) => `${JSON.stringify({ key, value })}\n`;
export const fileLine = (path, content) =>
  line('file', { path, content: Buffer.from(content).toString('base64'), encoding: 'base64' });

/** Creates a commit with these lines. */
export const commit = (hub, writer, id, lines) =>
  send(`${hub.url}/api/models/${id}/commit/main`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson', ...writer },
    body: Buffer.concat([Buffer.from(line('header', { summary: 'bench' })), Buffer.from(lines.join(''))]),
  });
