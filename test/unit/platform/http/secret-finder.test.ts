import fc from 'fast-check';
import { secretFinder } from '../../../../src/platform/http/secret-finder.js';

it('finds a secret exactly in the texts that include it', () => {
  fc.assert(
    fc.property(
      fc.string({ minLength: 1, maxLength: 4 }),
      fc.array(fc.constantFrom('a', 'b', 'ab', '\0', 'é')),
      (secret, parts) => {
        const text = parts.join('');
        expect(secretFinder(secret)(text)).toBe(text.includes(secret));
        expect(secretFinder('ab')(text)).toBe(text.includes('ab'));
        expect(secretFinder(secret)(text + secret + text)).toBe(true);
      },
    ),
  );
});

it('is not misled by texts with the same hash', () => {
  const find = secretFinder('secret', 0);
  expect(find('other text, whose last letter is the same: t')).toBe(false);
  expect(find('a secret!')).toBe(true);
});
