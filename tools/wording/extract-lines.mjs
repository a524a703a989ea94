import { commentSegment, stringSegment } from './segment.mjs';

/** @typedef {import('./segment.mjs').Segment} Segment */

const HASH_COMMENTS = /(?<=^|\s)#(?!!)[^\n]*(?:\n[^\S\n]*#[^\n]*)*/g;
const STRINGS_AND_COMMENTS = new RegExp(
  String.raw`"""[\s\S]*?"""|"(?:\\[\s\S]|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|` + HASH_COMMENTS.source,
  'g',
);

/**
 * Comments of a file whose comments begin with a number sign; settings that are commented out are not prose.
 * @returns {Segment[]}
 */
export const extractHashComments = (source) =>
  [...source.matchAll(HASH_COMMENTS)].map(({ index, 0: text }) =>
    commentSegment(
      index,
      text.replace(/^\s*#\s?[A-Z][A-Z0-9_]+=.*$/gm, (line) => line.replace(/./g, ' ')),
    ),
  );

/**
 * Comments and strings of shell scripts and Python.
 * @returns {Segment[]}
 */
export const extractScripting = (source) =>
  [...source.matchAll(STRINGS_AND_COMMENTS)].map(({ index, 0: text }) => {
    if (text.startsWith('#')) return commentSegment(index, text);
    const quotes = text.startsWith('"""') ? 3 : 1;
    return stringSegment(quotes === 3 ? 'comment' : 'message', index + quotes, text.slice(quotes, -quotes));
  });

/** @returns {Segment[]} */
export const extractCss = (source, base = 0) =>
  [...source.matchAll(/\/\*[\s\S]*?\*\//g)].map(({ index, 0: text }) => commentSegment(base + index, text));

/**
 * Comments and the text of elements of an HTML page.
 * @returns {Segment[]}
 */
export const extractHtml = (source) => [
  ...[...source.matchAll(/<!--[\s\S]*?-->/g)].map(({ index, 0: text }) => commentSegment(index, text)),
  ...[...source.matchAll(/(?<=>)[^<>]+(?=<)/g)].map(({ index, 0: text }) => stringSegment('page', index, text)),
];
