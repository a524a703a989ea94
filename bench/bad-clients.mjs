// Clients that occupy the hub: they do not read, do not finish their bodies, or send nothing.
import { request } from 'node:http';
import { connect } from 'node:net';

/** Settings of a hub that distinguishes clients on this machine by `X-Forwarded-For`. */
export const WITH_ADDRESSES = { KOHAKU_HUB_TRUSTED_PROXIES: '127.0.0.1/32' };

/** Open connections, by their outcome. */
export class BadClients {
  admitted = 0;
  refused = 0;
  #open = [];

  constructor(url) {
    this.url = url;
  }

  /** Requests a file and does not read it. */
  download(path, address) {
    return this.#track(request(`${this.url}${path}`, { headers: { 'x-forwarded-for': address }, agent: false })).end();
  }

  /** Sends a part of a body. */
  upload(path, address, sent, length) {
    const headers = { 'x-forwarded-for': address, 'content-length': length };
    const options = { method: 'POST', headers, agent: false };
    return this.#track(request(`${this.url}${path}`, options)).write(sent);
  }

  /** Connects and sends nothing. */
  connect() {
    const { hostname, port } = new URL(this.url);
    this.#open.push(connect(Number(port), hostname).on('error', () => undefined));
  }

  close() {
    for (const connection of this.#open) connection.destroy();
    this.#open = [];
  }

  #track(sent) {
    this.#open.push(sent);
    sent.on('error', () => undefined);
    sent.on('response', (response) => {
      response.on('error', () => undefined);
      if (response.statusCode < 400) this.admitted += 1;
      else {
        this.refused += 1;
        response.resume();
      }
    });
    return sent;
  }
}

/** Creates an account with a repository; returns its token. */
export async function createAccount(url, username) {
  const post = async (path, json, headers = {}) => {
    const init = {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(json),
    };
    const response = await fetch(`${url}${path}`, init);
    if (!response.ok) throw new Error(`${path} returned ${response.status}: ${await response.text()}`);
    return response;
  };
  const password = 'a long password of a benchmark';
  await post('/api/auth/register', { username, password });
  const cookie = (await post('/api/auth/login', { username, password })).headers.get('set-cookie').split(';')[0];
  const { token } = await (await post('/api/auth/tokens/create', { name: 'bench' }, { cookie })).json();
  await post('/api/repos/create', { name: 'm' }, { authorization: `Bearer ${token}` });
  return token;
}
