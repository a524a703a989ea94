import { isPlainSvg } from '../../../src/users/plain-svg.js';

const svg = (inside: string, attributes = ''): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"${attributes}>${inside}</svg>`;
const isPlain = (text: string): boolean => isPlainSvg(Buffer.from(text));

/** Default avatars of huggingface.co: a gradient, and blurred blobs behind a mask. */
const GRADIENT = svg(
  '<g><defs><linearGradient id="a" x1="0%" y1="0%" x2="100%" y2="100%"><stop offset="0%" stop-color="#1df"/>' +
    '<stop offset="100%" stop-color="hsl(20, 90%, 40%)"/></linearGradient></defs><rect fill="url(#a)" width="64" height="64"/></g>',
);
const BLOBS = svg(
  `<mask id='m' maskUnits="userSpaceOnUse"><rect width="80" height="80" rx="160" fill="#FFF"/></mask><g mask="url(#m)">
  <path filter="url(#f)" d="M32.4 59L50 70z" fill="#eee" transform="translate(4 4) rotate(132 40 40)"/></g>
  <defs><filter id="f" filterUnits="userSpaceOnUse" color-interpolation-filters="sRGB"><feFlood flood-opacity="0" result="b"/>
  <feBlend in="SourceGraphic" in2="b" result="s"/><feGaussianBlur stdDeviation="7"/></filter></defs>`,
  ' viewBox="0 0 80 80" fill="none" role="img"',
);

test.each([
  ['a gradient', GRADIENT],
  ['blobs', BLOBS],
  ['an XML declaration', `<?xml version="1.0" encoding="UTF-8"?>\n${GRADIENT}\n`],
  ['a byte order mark', `\ufeff${GRADIENT}`],
])('accepts %s', (_, text) => expect(isPlain(text)).toBe(true));

const REJECTED: [what: string, text: string][] = [
  ['a script', svg('<script>alert(1)</script>')],
  ['an event handler', svg('<rect onload="alert(1)"/>')],
  ['an external image', svg('<image href="http://127.0.0.1/x"/>')],
  ['a local file', svg('<image xlink:href="file:///etc/passwd"/>')],
  ['a link', svg('<rect href="x"/>')],
  ['an external reference', svg('<rect fill="url(http://127.0.0.1/x#a)"/>')],
  ['a hidden reference', svg('<rect fill="url(#a) url(http://x/)"/>')],
  ['an escaped reference', svg('<rect fill="&#117;rl(http://x/)"/>')],
  ['a style', svg('<style>@import "http://x/"</style>')],
  ['a style attribute', svg('<rect style="fill:url(http://x/)"/>')],
  ['a <use> element', svg('<g id="a"/><use href="#a"/>')],
  ['a pattern', svg('<pattern id="p"><rect/></pattern>')],
  ['a dash pattern', svg('<path d="M0 0L9 9" stroke-dasharray="0.0001"/>')],
  ['a foreign object', svg('<foreignObject><p/></foreignObject>')],
  ['an entity', `<!DOCTYPE svg [<!ENTITY a "b">]>${svg('&a;')}`],
  ['a reference to an entity', svg('&a;')],
  ['a comment', svg('<!-- <script> -->')],
  ['character data', svg('<![CDATA[x]]>')],
  ['a style sheet', `<?xml-stylesheet href="http://x/"?>${GRADIENT}`],
  ['another encoding', `<?xml version="1.0" encoding="UTF-7"?>${GRADIENT}`],
  ['many elements', svg('<rect/>'.repeat(100))],
  ['many effects', svg('<g filter="url(#f)"/>'.repeat(13))],
  ['a large file', svg(`<path d="${'M0 0'.repeat(9000)}"/>`)],
  ['an unfinished tag', svg('<rect')],
  ['a web page', '<!doctype html><html></html>'],
  ['text', 'svg'],
  ['an empty file', ''],
];

test('rejects active, external and expensive content', () => {
  expect(REJECTED.filter(([, text]) => isPlain(text)).map(([what]) => what)).toEqual([]);
});

test('unterminated attributes are rejected without backtracking', () => {
  const started = process.cpuUsage(); // a busy machine may take longer
  expect(isPlain(`<svg ${'a="b" '.repeat(5000)}`)).toBe(false);
  expect(process.cpuUsage(started).user / 1000).toBeLessThan(500);
});
