import { expect, it } from '@jest/globals';
import { parseUrl } from '../../../src/domain/parse-url.js';

it('accepts URLs with Latin-1 characters after the engine has optimized it', () => {
  let rejected = 0;
  for (let n = 0; n < 50_000; n++) if (!parseUrl('https://h\u00fcb.example')) rejected += 1;
  expect(rejected).toBe(0);
});

it('resolves relative URLs, and returns undefined for invalid ones', () => {
  expect(parseUrl('../b', 'https://hub.example/a/')?.href).toBe('https://hub.example/b');
  expect(parseUrl('hub.example')).toBeUndefined();
});
