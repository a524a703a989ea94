/**
 * A stretch of text that people read.
 * @typedef {object} Segment
 * @property {'comment' | 'message' | 'page' | 'title' | 'markdown' | 'name' | 'file'} place Where the text is.
 * @property {number} start Offset of its first character in the file.
 * @property {string} text As long as its source, so that offsets match: code in it is `x`, markup is spaces.
 */

const MASKED = [
  [/`[^`]*`/g, 'x'],
  [/\{@\w+ [^}]*\}/g, 'x'],
  [/\b[a-z][a-z+]*:\/\/[^\s)>\]'"]+/gi, 'x'],
];

const fill = (text, letter) => text.replace(/\S/g, letter);

/** Replaces inline code, TSDoc links and URLs with `x`, since words in them are not prose. */
export const maskCode = (text) =>
  MASKED.reduce((masked, [pattern, letter]) => masked.replace(pattern, (found) => fill(found, letter)), text);

/** Replaces what matches with spaces and keeps line breaks. */
export const blank = (text, pattern) => text.replace(pattern, (found) => found.replace(/[^\n]/g, ' '));

/** @returns {Segment | undefined} The segment without white space around it; nothing if no letter is left. */
export function segmentOf(place, start, text) {
  if (!/\p{L}/u.test(text)) return undefined;
  const trimmed = text.trimStart();
  return { place, start: start + text.length - trimmed.length, text: trimmed.trimEnd().replaceAll('’', "'") };
}

/** Comment text without its markers: slashes, asterisks, number signs. */
export const commentSegment = (start, source) =>
  segmentOf('comment', start, maskCode(blank(source, /^\s*(?:\/\*+!?|\/\/+|#+|<!--+|\*(?!\/))|\*+\/\s*$|--+>\s*$/gm)));

/** A string is prose if it has several words or is a capitalized label; anything else is a key or a value. */
export const isProse = (text) => /\S\s+\S/.test(text) || /^\p{Lu}\p{Ll}+[.!?…]?$/u.test(text);

/** Text of a string literal; escapes such as `\n` separate words. */
export const stringSegment = (place, start, source) =>
  isProse(source)
    ? segmentOf(place, start, maskCode(blank(source, /\\[nrt]/g).replace(/\\(?=['"`])/g, ' ')))
    : undefined;
