import fc from 'fast-check';
import { forwardableQuery } from '../../../src/domain/forward-query.js';

it.each(['fallback', 'token', 'Token', 'access_token', 'api_key', 'apikey', 'auth', '__sign'])(
  'does not forward the parameter %s',
  (name) => expect(forwardableQuery([[name, 'x']])).toEqual([]),
);

it.each([
  ['a', 'hf_abcdefgh'],
  ['a', 'Bearer hf_abcdefgh'],
  ['hf_abcdefgh', ''],
])('does not forward %s=%s, which looks like a credential', (name, value) =>
  expect(forwardableQuery([[name, value]])).toEqual([]),
);

it('forwards all other parameters with order and repetitions', () => {
  const query = [
    ['expand', 'a'],
    ['expand', 'b'],
    ['blobs', 'true'],
    ['cursor', 'hf_short'],
    ['', ''],
  ] as const;
  expect(forwardableQuery(query)).toEqual(query);
});

it('never forwards a token in any position', () => {
  const token = 'hf_AbCdEfGh12345678';
  const pair = fc
    .tuple(fc.string(), fc.string())
    .chain(([a, b]) => fc.constantFrom([a + token + b, a], [a, b + token], [b, `${token}${a}`], [a, b]));
  fc.assert(
    fc.property(fc.array(pair), (query) => {
      expect(JSON.stringify(forwardableQuery(query as [string, string][]))).not.toContain(token);
    }),
  );
});
