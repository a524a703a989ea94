import { expect, test } from '@jest/globals';
import { rewriteSrcset } from '../../../web/src/components/markdown/rewrite-srcset.js';

test.each([
  ['a.png', '[a.png]'],
  ['a.png 1x, b.png 2x', '[a.png] 1x, [b.png] 2x'],
  ['a.png 1.5x,b.png 640w', '[a.png] 1.5x, [b.png] 640w'],
  ['a.png, b.png 2x', '[a.png], [b.png] 2x'],
  [' a.png\n 1x ,\n\tb.png ', '[a.png] 1x, [b.png]'],
  ['data:image/png;base64,AAAA 2x, b.png', '[data:image/png;base64,AAAA] 2x, [b.png]'],
  [',, a.png,,', '[a.png]'],
  ['', ''],
  [' , ', ''],
])('the URLs of srcset %j are replaced', (srcset, expected) => {
  expect(rewriteSrcset(srcset, (url) => `[${url}]`)).toBe(expected);
});
