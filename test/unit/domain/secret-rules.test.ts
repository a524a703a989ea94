import { checkSource } from '../../../src/domain/check-source.js';
import { CLIENT_BUNDLE } from '../../support/test-tls.js';

const SOURCE = { url: 'https://hub.example', source_type: 'huggingface' };

/** The fields of a source, and part of the problem with them; undefined if they are valid. */
const CASES: [object, string | undefined][] = [
  [{ basic_auth: 'user:pass:word' }, undefined],
  [{ basic_auth: 'user:' }, undefined],
  [{ basic_auth: '' }, undefined],
  [{ basic_auth: null, headers: null, client_certificate: null, timeout_seconds: null }, undefined],
  [{ basic_auth: 'user' }, 'user:password'],
  [{ basic_auth: 'us\ner:x' }, 'printable'],
  [{ basic_auth: 'user:pass', token: 'hf_x' }, 'either a token or'],
  [{ headers: { 'X-Team': 'ml', 'x-gateway-key': 'ü' } }, undefined],
  [{ headers: {} }, undefined],
  ...['Cookie', 'HOST', 'Connection', 'Transfer-Encoding', 'Via', 'If-None-Match', 'Range', 'Proxy-Authorization'].map(
    (name): [object, string] => [{ headers: { [name]: 'x' } }, `Must not have ${name}`],
  ),
  [{ headers: { Authorization: 'Basic x' } }, 'Use the token, or user and password'],
  [{ headers: { 'X Y': 'x' } }, 'is not the name of a header'],
  [{ headers: { X: 'a\r\nb: c' } }, 'printable'],
  [{ headers: { X: 7 } }, 'printable'],
  [{ headers: { X: 'a', x: 'b' } }, 'twice'],
  [{ headers: ['X: a'] }, 'Must be an object'],
  [{ headers: Object.fromEntries(Array.from({ length: 21 }, (_, n) => [`x-${n}`, 'a'])) }, 'at most 20'],
  [{ client_certificate: CLIENT_BUNDLE }, undefined],
  [{ client_certificate: CLIENT_BUNDLE, url: 'http://hub.example' }, 'https://'],
  [{ client_certificate: CLIENT_BUNDLE.split('-----BEGIN EC')[0] }, 'its private key'],
  [{ client_certificate: CLIENT_BUNDLE.replace('EC PRIVATE', 'ENCRYPTED PRIVATE') }, 'without a passphrase'],
  [{ timeout_seconds: 30 }, undefined],
  [{ timeout_seconds: 0 }, 'from 1 to 600'],
  [{ id: 7, origin: 'env', has_token: true, has_headers: false, created_at: null, updated_at: null }, undefined],
  [{ has_nothing: true }, 'Unknown field'],
];

it.each(CASES)('checkSource checks credentials: %j', (fields, problem) => {
  const check = checkSource({ ...SOURCE, ...fields });
  if (problem === undefined) expect(check).toHaveProperty('setting');
  else expect(check).toMatchObject({ problems: [{ message: expect.stringContaining(problem) as string }] });
});
