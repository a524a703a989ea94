import fc from 'fast-check';
import { headerSafe } from '../../../src/domain/header-text.js';

describe('headerSafe', () => {
  it.each([
    ['Entry not found', 'Entry not found'],
    ['  spaces around  ', 'spaces around'],
    ['one\r\ntwo\tthree', 'one two three'],
    ['X: 1\r\nSet-Cookie: a=b', 'X: 1 Set-Cookie: a=b'],
    ['café ÿ', 'caf%C3%A9 %C3%BF'],
    ['模型 “x”', '%E6%A8%A1%E5%9E%8B %E2%80%9Cx%E2%80%9D'],
    ['🤗', '%F0%9F%A4%97'],
    ['half \ud83e', 'half %EF%BF%BD'],
    ['nul \0, delete \x7f, c1 \x85', 'nul %00, delete %7F, c1 %C2%85'],
    ['100 %', '100 %'],
    ['', ''],
  ])('encodes %j as %j', (text, safe) => {
    expect(headerSafe(text)).toBe(safe);
  });

  it('truncates to 500 characters, but not within an encoded character', () => {
    expect(headerSafe('x'.repeat(600))).toHaveLength(500);
    expect(headerSafe('x'.repeat(495) + '型')).toBe('x'.repeat(495));
    expect(headerSafe('x'.repeat(491) + '型')).toBe('x'.repeat(491) + '%E5%9E%8B');
  });

  it('returns a valid header for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 700 }), (text) => {
        expect(headerSafe(text)).toMatch(/^[\x20-\x7e]{0,500}$/);
      }),
    );
  });
});
