import { findCredentials, partsOfUrl } from '../../../../src/platform/http/find-credentials.js';

/** The secret of a token, and that of a token of 0.1.0. */
const BODIES = ['qKRfVLmXGvTzUKbYwEThNcJAsGdUloPaBi', 'q7Rf2LmX0vTz9KbYwE4hNcJ8sGdU1oPa5iQ3VxZe'];
const BODY = BODIES[0]!;
const TOKEN = `hf_${BODY}`;
const SESSION = 'Zk4-mQ_9tYwR2vLx8HcJ1nBf6sDg0PaUeKi3oTz5XqM';
const ADMIN = 'correct.horse-battery.staple-2026';
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const base64url = (text: string): string => Buffer.from(text).toString('base64url');
const hex = (text: string): string => Buffer.from(text).toString('hex');
const percent = (text: string): string =>
  [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');

describe('a token is found', () => {
  it.each<[what: string, url: string]>([
    ['as it is', `/api/models?search=${TOKEN}`],
    ['after other words', `/api/models?search=my+${TOKEN}%20`],
    ['before other letters', `/api/models?search=${TOKEN}0`],
    ['in the path', `/api/models/o/${TOKEN}/tree/main`],
    ['without its prefix', `/api/models?search=${BODY}`],
    ['in base64', `/api/models?search=${base64(TOKEN)}`],
    ['in base64url', `/api/models?search=${base64url(`${TOKEN}??`)}`],
    ['without its prefix, in base64', `/api/models?search=${base64(BODY)}`],
    ['as Basic credentials', `/api/models?search=Basic%20${base64(`alice:${TOKEN}`)}`],
    [
      'as Basic credentials, percent-encoded twice',
      `/api/models?search=${encodeURIComponent(percent(base64(`a:${TOKEN}`)))}`,
    ],
    ['percent-encoded twice', `/api/models?search=${encodeURIComponent(percent(TOKEN))}`],
    ['percent-encoded three times', `/api/models?search=${encodeURIComponent(encodeURIComponent(percent(TOKEN)))}`],
    ['in hexadecimal', `/api/models?search=${hex(TOKEN)}`],
    ['in upper-case hexadecimal', `/api/models?search=${hex(TOKEN).toUpperCase()}`],
    ['without its prefix, in hexadecimal', `/api/models?search=${hex(BODY)}`],
    ['in base64, twice', `/api/models?search=${base64(base64(TOKEN))}`],
    ['in a cookie', `/api/models?search=${encodeURIComponent(`a=1; token=${TOKEN}`)}`],
  ])('%s', (_what, url) => expect(findCredentials(partsOfUrl(url))?.tokens).toContain(TOKEN));
});

/** Texts with a credential and other characters directly before or after it. */
const attached = (credential: string): string[] => [
  credential,
  `${credential}.txt`,
  `token.${credential}`,
  `(${credential})`,
  `x${credential}y`,
  `Xx9${credential}`,
  `${credential}${'aB3'.repeat(60)}`,
  `${credential}-v2_final`,
  percent(`a${credential}z`),
  `%zz${percent(credential)}`,
  `x${base64(credential)}`,
  `xy${base64(`alice:${credential}`)}z`,
  `xyz${base64url(credential)}`,
  `a${hex(credential)}0`,
  encodeURIComponent(`hubfall_session=${credential}`),
];

describe.each(BODIES)('a token with the secret %s', (body) => {
  it.each(attached(body))('is found without its prefix in %s', (text) =>
    expect(findCredentials([text])?.tokens).toContain(`hf_${body}`),
  );

  it.each(attached(`hf_${body}`))('is found in %s', (text) =>
    expect(findCredentials([text])?.tokens).toContain(`hf_${body}`),
  );
});

it.each(attached(SESSION))('the value of a session is found in %s', (text) =>
  expect(findCredentials([text])?.sessions).toContain(SESSION),
);

it.each([...attached(ADMIN), base64(`admin:${ADMIN}`)])('a reading of %s contains the admin token', (text) =>
  expect(findCredentials([text])?.readings.some((reading) => reading.includes(ADMIN))).toBe(true),
);

it('a secret with separators is found in a URL', () =>
  expect(findCredentials(partsOfUrl('/o/r/resolve/main/dGhl+c2/VjcmV0=='))?.readings.join(' ')).toContain(
    'dGhl+c2/VjcmV0==',
  ));

it.each<[what: string, texts: readonly string[]]>([
  ['short texts', ['main', 'config.json', 'gpt2']],
  ['nothing', []],
])('%s have no credentials and cost nothing', (_what, texts) => expect(findCredentials(texts)).toBeUndefined());

it.each<[what: string, text: string]>([
  ['a commit id', 'a0'.repeat(20)],
  ['a SHA-256', '0f'.repeat(32)],
  ['a long file name', 'model-00001-of-00002-quantized.safetensors'],
  ['malformed percent-encoding', `%zz${'x'.repeat(50)}`],
])('%s is neither a token nor a session', (_what, text) =>
  expect(findCredentials([text])).toMatchObject({ tokens: [], sessions: [] }),
);

it('takes little time for long hostile texts', () => {
  const texts = ['%25'.repeat(20_000), 'A'.repeat(60_000), '4141'.repeat(15_000), `${'%2541'.repeat(12_000)}`];
  expect(findCredentials(texts)).toMatchObject({ tokens: [], sessions: [] });
});

it('the number of candidates in hostile texts is limited', () => {
  const texts = Array.from({ length: 400 }, (_, n) => `${n}-${BODY.repeat(7)}`.slice(0, 290));
  expect(findCredentials(texts)?.sessions.length).toBeLessThan(3500);
});
