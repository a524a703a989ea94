import fc from 'fast-check';
import { isGlob } from '../../../src/domain/is-glob.js';
import { matchGlob } from '../../../src/domain/match-glob.js';

describe('matchGlob', () => {
  const cases: [pattern: string, text: string, expected: boolean][] = [
    ['gpt2', 'gpt2', true],
    ['gpt2', 'gpt22', false],
    ['GPT2', 'gpt2', true],
    ['meta-llama/*', 'meta-llama/Llama-3', true],
    ['meta-llama/*', 'meta-llama', false],
    ['meta-llama/*', 'meta-llama-2/x', false],
    ['*', 'gpt2', true],
    ['*', '', true],
    ['*', 'acme/gpt2', false],
    ['*/*', 'acme/gpt2', true],
    ['**', 'acme/gpt2', true],
    ['**/gpt2', 'acme/gpt2', true],
    ['acme**', 'acme/gpt2', true],
    ['a**c*', 'ab/bc/d', false],
    ['a**c*', 'ab/b/cc', true],
    ['acme-?', 'acme-1', true],
    ['acme-?', 'acme-', false],
    ['acme?x', 'acme/x', false],
    ['a.c', 'abc', false],
    ['*-GGUF', 'Some-gguf', true],
    ['a*b*c', 'a1b2b3c', true],
    ['a*b*c', 'a1b2b3', false],
    ['', '', true],
    ['', 'a', false],
    ['?', '\u{1F917}', true],
  ];

  test('matches names case-insensitively', () => {
    expect(cases.map(([pattern, text]) => [pattern, text, matchGlob(pattern, text)])).toEqual(cases);
  });

  test('matches the equivalent regular expression', () => {
    const text = (letters: string[]) =>
      fc.array(fc.constantFrom(...letters), { maxLength: 8 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text(['a', 'b', '/', '?', '*', '**']), text(['a', 'b', '/']), (pattern, name) => {
        const expression = pattern.replace(
          /\*\*|\*|\?/g,
          (step) => ({ '**': '.*', '*': '[^/]*', '?': '[^/]' })[step] ?? step,
        );
        expect(matchGlob(pattern, name)).toBe(new RegExp(`^${expression}$`).test(name));
      }),
      { numRuns: 2000 },
    );
  });

  test('takes at most quadratic time', () => {
    const started = process.cpuUsage();
    expect(matchGlob('*a'.repeat(100), 'a'.repeat(99) + 'b'.repeat(100))).toBe(false);
    expect(process.cpuUsage(started).user).toBeLessThan(1_000_000);
  });
});

describe('isGlob', () => {
  test.each(['acme', 'acme-*', 'meta-llama/*', '**', '*/x?', 'a.b_c'])('accepts %j', (pattern) => {
    expect(isGlob(pattern)).toBe(true);
  });
  test.each(['', '/', 'a/', '/a', 'a//b', 'a b', '***', 'a:b', '[ab]', 'a\\b', 'x'.repeat(201)])(
    'rejects %j',
    (pattern) => {
      expect(isGlob(pattern)).toBe(false);
    },
  );
});
