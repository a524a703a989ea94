import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { normalizeForwarded } from '../../../../src/platform/http/forwarded.js';
import { HubAddresses } from '../../../../src/platform/http/hub-addresses.js';

const PROXY = '10.0.0.1';
const OUTER_PROXY = '10.0.0.2';
const trusts = (address: string): boolean => address.startsWith('10.');

function urlsFor(headers: IncomingHttpHeaders, { from = PROXY, baseUrls = [] as readonly string[] } = {}) {
  const all = { host: 'hub:8080', ...headers };
  normalizeForwarded(all);
  const socket = { remoteAddress: from, localAddress: '::ffff:10.0.0.9', localPort: 8080 };
  return new HubAddresses(baseUrls, trusts).urlsFor({ headers: all, socket } as IncomingMessage);
}

describe('without a configured address', () => {
  it.each([
    ['hub:8080', 'http://hub:8080'],
    ['HUB.example.com', 'http://hub.example.com'],
    ['hub.example.com.:80', 'http://hub.example.com'],
    ['192.0.2.1:8080', 'http://192.0.2.1:8080'],
    ['[2001:DB8::1]:8080', 'http://[2001:db8::1]:8080'],
    ['my_hub:8080', 'http://my_hub:8080'],
    [undefined, 'http://10.0.0.9:8080'],
    ['evil.example/x', 'http://10.0.0.9:8080'],
  ])('a direct request to %j is answered with URLs under %s', (host, base) => {
    expect(urlsFor({ host }, { from: '192.0.2.7' }).base).toBe(base);
  });

  it('headers of clients are ignored', () => {
    const forged = {
      forwarded: 'host=evil.example;proto=https',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
      'x-forwarded-prefix': '/evil',
    };
    expect(urlsFor(forged, { from: '192.0.2.7' }).base).toBe('http://hub:8080');
  });

  it.each<[string, IncomingHttpHeaders, string]>([
    ['no headers', {}, 'http://hub:8080'],
    ['a scheme', { 'x-forwarded-proto': 'https' }, 'https://hub:8080'],
    ['a host', { 'x-forwarded-host': 'Hub.example.com' }, 'http://hub.example.com'],
    ['a default port', { 'x-forwarded-host': 'h.example:443', 'x-forwarded-proto': 'HTTPS' }, 'https://h.example'],
    [
      'another port',
      { 'x-forwarded-host': 'h.example', 'x-forwarded-port': '8443', 'x-forwarded-proto': 'https' },
      'https://h.example:8443',
    ],
    ['a port in the host too', { 'x-forwarded-host': 'h.example:1', 'x-forwarded-port': '2' }, 'http://h.example:1'],
    [
      "the proxy's own port behind a TLS load balancer",
      { 'x-forwarded-host': 'h.example', 'x-forwarded-port': '80', 'x-forwarded-proto': 'https' },
      'https://h.example',
    ],
    ['a prefix', { 'x-forwarded-prefix': '/tools/hub/' }, 'http://hub:8080/tools/hub'],
    ['no prefix', { 'x-forwarded-prefix': '/' }, 'http://hub:8080'],
    ['Forwarded', { forwarded: 'for=192.0.2.1;host="H.example:8443";proto=https' }, 'https://h.example:8443'],
    [
      'both notations',
      { 'x-forwarded-host': 'h.example', forwarded: 'host=evil.example;proto=https' },
      'http://h.example',
    ],
    ['an invalid host', { 'x-forwarded-host': 'evil.example/"><script>' }, 'http://hub:8080'],
    ['another scheme', { 'x-forwarded-proto': 'javascript' }, 'http://hub:8080'],
    ...['//evil.example', '/a;Domain=x', '/"><script>', '/..', 'a', '/a b'].map(
      (prefix): [string, IncomingHttpHeaders, string] => [
        `the prefix ${prefix}`,
        { 'x-forwarded-prefix': prefix },
        'http://hub:8080',
      ],
    ),
  ])('a trusted proxy reports %s', (_, headers, base) => {
    expect(urlsFor(headers).base).toBe(base);
  });

  it.each<[string, IncomingHttpHeaders, string]>([
    [
      'a client that claims another address',
      {
        'x-forwarded-for': '192.0.2.1',
        'x-forwarded-host': 'evil.example, h.example',
        'x-forwarded-proto': 'ftp, https',
      },
      'https://h.example',
    ],
    [
      'a second proxy that appends to the headers',
      {
        'x-forwarded-for': `192.0.2.1, ${OUTER_PROXY}`,
        'x-forwarded-host': 'evil.example, h.example, hub.internal',
        'x-forwarded-proto': 'https, http',
        'x-forwarded-prefix': '/tools, /hub',
      },
      'https://h.example/tools/hub',
    ],
    [
      'a second proxy that keeps the headers',
      { 'x-forwarded-for': `192.0.2.1, ${OUTER_PROXY}`, 'x-forwarded-host': 'h.example' },
      'http://h.example',
    ],
    [
      'Forwarded of several proxies',
      {
        forwarded: `for=192.0.2.9;host=evil.example, for="192.0.2.1";host=h.example;proto=https, for=${OUTER_PROXY};host=hub.internal`,
      },
      'https://h.example',
    ],
  ])('behind %s', (_, headers, base) => {
    expect(urlsFor(headers).base).toBe(base);
  });
});

describe('with configured addresses', () => {
  const baseUrls = ['https://hub.example.com/tools/hub', 'https://hub.example.com', 'http://hub.svc:8080'];

  it.each<[string, IncomingHttpHeaders, string]>([
    ['the second one', { host: 'hub.example.com' }, 'https://hub.example.com'],
    ['the second one, with its port', { host: 'Hub.example.com:443' }, 'https://hub.example.com'],
    ['the last one', { host: 'hub.svc:8080' }, 'http://hub.svc:8080'],
    ['another port', { host: 'hub.svc:8081' }, 'https://hub.example.com/tools/hub'],
    ['an unknown one', { host: 'evil.example' }, 'https://hub.example.com/tools/hub'],
    ['the last one through a proxy', { 'x-forwarded-host': 'hub.svc:8080' }, 'http://hub.svc:8080'],
    [
      'a prefix through a proxy',
      { 'x-forwarded-host': 'hub.example.com', 'x-forwarded-prefix': '/tools/hub' },
      'https://hub.example.com/tools/hub',
    ],
  ])('a client that uses %s', (_, headers, base) => {
    expect(urlsFor(headers, { baseUrls }).base).toBe(base);
  });

  it('the scheme decides between addresses of one host', () => {
    const both = ['https://hub.example.com', 'http://hub.example.com'];
    const base = (headers: IncomingHttpHeaders, from?: string): string =>
      urlsFor({ host: 'hub.example.com', ...headers }, { from, baseUrls: both }).base;
    expect(base({ 'x-forwarded-proto': 'http' })).toBe('http://hub.example.com');
    expect(base({ 'x-forwarded-proto': 'https' })).toBe('https://hub.example.com');
    expect(base({}, '192.0.2.7')).toBe('https://hub.example.com');
  });

  it('a single one is used for all clients', () => {
    const single = ['https://hub.example.com/hub'];
    expect(urlsFor({ 'x-forwarded-prefix': '/x' }, { baseUrls: single }).base).toBe('https://hub.example.com/hub');
    expect(new HubAddresses(single, trusts).dependOnRequest).toBe(false);
    expect(new HubAddresses([], trusts).dependOnRequest).toBe(true);
    expect(new HubAddresses(baseUrls, trusts).dependOnRequest).toBe(true);
  });

  it('all names of the hub are its own, on any port', () => {
    const urls = urlsFor({ 'x-forwarded-host': 'other.example' }, { baseUrls });
    const names = ['hub.example.com', 'hub.svc', 'hub', 'other.example', 'evil.example'];
    expect(names.filter((name) => urls.hasHostName(name))).toEqual(names.slice(0, -1));
    expect([urls.isOwnHost('hub:8080'), urls.isOwnHost('hub:9090')]).toEqual([true, false]);
  });
});
