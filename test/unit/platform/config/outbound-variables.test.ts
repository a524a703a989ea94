import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import type { Environment } from '../../../../src/platform/config/env.js';
import { problemsOf, readEnvironment } from '../../../support/read-environment.js';
import { TEST_CA, TEST_CA_FILE } from '../../../support/test-tls.js';

describe('forward proxies', () => {
  /** As in curl 7.88, including the default ports. */
  it.each<[Environment, object]>([
    [{ https_proxy: 'http://proxy:3128' }, { https: { url: 'http://proxy:3128', variable: 'HTTPS_PROXY' } }],
    [{ HTTP_PROXY: 'proxy' }, { http: { url: 'http://proxy:1080' } }],
    [{ HTTP_PROXY: 'http://proxy:80/' }, { http: { url: 'http://proxy:80' } }],
    [{ HTTP_PROXY: 'HTTPS://[fd00::1]' }, { http: { url: 'https://[fd00::1]:443' } }],
    [
      { HTTP_PROXY: 'a:1', http_proxy: 'b:2' },
      { http: { url: 'http://b:2' }, https: undefined },
    ],
    [
      { HTTP_PROXY: '', ALL_PROXY: 'p:1' },
      { http: { variable: 'ALL_PROXY' }, https: { url: 'http://p:1' } },
    ],
    [{ no_proxy: 'a, b c,,' }, { no: ['a', 'b', 'c'] }],
    [{ ALL_PROXY: 'http://u@p:1' }, { http: { authorization: `Basic ${btoa('u:')}` } }],
    [{ ALL_PROXY: 'http://u:%zz%@p:1' }, { http: { authorization: `Basic ${btoa('u:%zz%')}` } }],
  ])('are read: %j', (env, proxy) => expect(readEnvironment(env).proxy).toMatchObject(proxy));

  it.each([
    ['socks5://proxy:1080', 'SOCKS proxies are not supported'],
    ['ftp://u:hidden@proxy', 'expected an http:// or https:// proxy'],
    ['http://u:hid#den@proxy:3128', 'special characters in the password percent-encoded'],
    ['http://u:hid@den@proxy:3128', 'special characters in the password percent-encoded'],
    ['http://u:hid/den@proxy:3128', 'special characters in the password percent-encoded'],
    ['http://proxy:99999', 'expected the URL of a proxy, such as'],
    ['http://proxy:0', 'expected the URL of a proxy, such as'],
    ['not a url', 'expected the URL of a proxy, such as'],
    ['http://', 'expected the URL of a proxy, such as'],
  ])('are refused with the name of the variable, but without its value: %s', (value, message) => {
    for (const name of ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY']) {
      const [problem, ...others] = problemsOf({ [name]: value });
      expect(others).toEqual([]);
      expect(problem).toContain(`${name} (value not shown): expected`);
      expect(problem).toContain(message);
      expect(problem).not.toContain('hid');
    }
  });
});

describe('KOHAKU_HUB_CA_FILE', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ca-'));
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };

  it('adds to the authorities of Node.js and of NODE_EXTRA_CA_CERTS', () => {
    const extra = file('extra.pem', rootCertificates[0]!);
    const { certificateAuthorities } = readEnvironment({
      KOHAKU_HUB_CA_FILE: TEST_CA_FILE,
      NODE_EXTRA_CA_CERTS: extra,
    });
    expect(certificateAuthorities!.at(-1)!.trim()).toBe(TEST_CA.trim());
    expect(certificateAuthorities!.length).toBeGreaterThan(50);
  });

  it('reads all certificates of a bundle, and ignores text between them', () => {
    const bundle = file(
      'bundle.pem',
      `# Company root\n${TEST_CA}\n\nIntermediate:\r\n${TEST_CA.replaceAll('\n', '\r\n')}`,
    );
    const count = (path: string): number =>
      readEnvironment({ KOHAKU_HUB_CA_FILE: path }).certificateAuthorities!.length;
    expect(count(bundle)).toBe(count(TEST_CA_FILE) + 1);
  });

  it.each([
    [join(folder, 'missing.pem'), 'cannot be read (ENOENT)'],
    [folder, 'cannot be read (EISDIR)'],
    [file('empty.pem', ''), 'it has no certificates'],
    [file('key.pem', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n'), 'it has no certificates'],
    [file('bad.pem', `${TEST_CA}${TEST_CA.replace('MII', 'AII')}`), 'certificate 2 in this file is damaged'],
  ])('is refused at startup if it is not usable: %s', (path, message) => {
    const [problem] = problemsOf({ KOHAKU_HUB_CA_FILE: path });
    expect(problem).toContain(`KOHAKU_HUB_CA_FILE is ${JSON.stringify(path)}: expected`);
    expect(problem).toContain(message);
  });
});
