import { repeatsCredentials } from '../../../../src/platform/http/repeats-credentials.js';

it.each([
  ['curl/8.5.0', false],
  ['unknown/None; hf_hub/1.29.0; python/3.11', false],
  ['transformers/5.0; hf_hub/1.33.0', false],
  ['Mozilla/5.0 (X11; Linux x86_64)', true],
  ['node', false],
  ['python-requests/2.32', false],
  ['git/2.39.5', true],
  ['git-lfs/3.4.1 (GitHub; linux amd64)', true],
  ['Wget/1.21.4', true],
  ['wget2/2.1.0', true],
  ['aria2/1.37.0', true],
  ['Python-urllib/3.12', true],
  ['mycurl/1', true],
  [undefined, true],
])('a client with a token and the User-Agent %j may repeat it: %j', (userAgent, expected) =>
  expect(repeatsCredentials({ 'user-agent': userAgent, authorization: 'Bearer x' })).toBe(expected),
);

it.each([
  ['Mozilla/5.0 (X11; Linux x86_64)', { cookie: 'a=b', 'sec-fetch-mode': 'navigate' }, false],
  ['Mozilla/5.0 (X11; Linux x86_64)', { cookie: 'a=b', 'accept-language': 'en' }, false],
  ['Mozilla/5.0 (X11; Linux x86_64)', { authorization: 'Bearer x', 'accept-language': 'en' }, false],
  ['Mozilla/5.0 (X11; Linux x86_64)', { cookie: 'a=b' }, true],
  ['node', { cookie: 'a=b' }, false],
  ['unknown/None; hf_hub/2.0.0; python/3.11.7', { cookie: 'sticky=1' }, false],
  ['curl/8.5.0', { cookie: 'a=b' }, true],
  ['python-requests/2.32', { cookie: 'a=b' }, true],
  ['Mozilla/5.0 (X11; Linux x86_64)', { 'x-admin-token': 'x', 'accept-language': 'en' }, true],
  ['curl/8.5.0', { 'x-admin-token': 'x' }, true],
])('a client with the User-Agent %j and %j may repeat its credentials: %j', (userAgent, credentials, expected) =>
  expect(repeatsCredentials({ 'user-agent': userAgent, ...credentials })).toBe(expected),
);
