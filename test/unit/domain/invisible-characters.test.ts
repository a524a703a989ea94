import { expect, it } from '@jest/globals';
import { escapeInvisible, findInvisibleCharacter } from '../../../src/domain/invisible-characters.js';

it.each([
  ['\u202egnp.exe', 'U+202E', '\\u202Egnp.exe'],
  ['a\u2066b\u2069', 'U+2066', 'a\\u2066b\\u2069'],
  ['a\u200eb', 'U+200E', 'a\\u200Eb'],
  ['\u061ca', 'U+061C', '\\u061Ca'],
  ['ma\u200bin', 'U+200B', 'ma\\u200Bin'],
  ['ma\u200din', 'U+200D', 'ma\\u200Din'],
  ['ma\u200cin', 'U+200C', 'ma\\u200Cin'],
  ['\u200dmain', 'U+200D', '\\u200Dmain'],
  ['ma\u00adin', 'U+00AD', 'ma\\u00ADin'],
  ['main\ufeff', 'U+FEFF', 'main\\uFEFF'],
  ['main\u{e0041}', 'U+E0041', 'main\\u{E0041}'],
  ['main\u3164', 'U+3164', 'main\\u3164'],
  ['a\u2028b', 'U+2028', 'a\\u2028b'],
])('%j contains %s and is displayed as %s', (name, character, escaped) => {
  expect(findInvisibleCharacter(name)).toBe(character);
  expect(escapeInvisible(name)).toBe(escaped);
});

it.each([
  'README.md',
  'with space é.txt',
  'مدل.txt',
  'שלום.txt',
  '中文.txt',
  'می\u200cخواهم.txt', // Persian words contain U+200C
  'क्\u200dष.txt',
  '👩\u200d💻.png',
  '👩🏽\u200d💻.png',
  '❤\ufe0f\u200d🔥.png',
])('%s has no invisible characters and is displayed as it is', (name) => {
  expect(findInvisibleCharacter(name)).toBeUndefined();
  expect(escapeInvisible(name)).toBe(name);
});

it.each([
  ['a\nb\0', 'a\\u000Ab\\u0000'],
  ['half \ud800', 'half \\uD800'],
])('control characters and lone surrogates in %j are displayed as %s', (name, escaped) => {
  expect(escapeInvisible(name)).toBe(escaped);
});
