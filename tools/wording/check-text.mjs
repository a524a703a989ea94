import { extract } from './extract.mjs';

const NAMES = new Set(['name', 'function']);

/**
 * @typedef {object} Hit
 * @property {string} file
 * @property {number} line Counted from 1.
 * @property {number} column Counted from 1.
 * @property {string} rule Id of the rule.
 * @property {string} place
 * @property {string} found The words that match.
 * @property {string} use What to write instead.
 * @property {string} text The comment, string, paragraph or name as it is in the file.
 * @property {number} at Where the words are in `text`.
 */

/**
 * Every use of a banned word or name in a file.
 * @param {string} file Path in the repository.
 * @param {string} source
 * @param {import('./rules.mjs').Rule[]} rules
 * @returns {Hit[]} In the order of the file.
 */
export function checkText(file, source, rules) {
  const hits = [];
  const lineStarts = [0, ...[...source.matchAll(/\n/g)].map(({ index }) => index + 1)];
  for (const segment of extract(file, source))
    for (const rule of rules)
      if (rule.in.includes(segment.place) && segment.text.search(rule.pattern) >= 0)
        for (const match of segment.text.matchAll(rule.pattern))
          hits.push({ ...toHit(segment, match, source), ...position(segment, match.index, lineStarts), rule, file });
  return hits
    .sort((a, b) => a.line - b.line || a.column - b.column)
    .map(({ rule, ...hit }) => ({ ...hit, rule: rule.id, use: rule.use }));
}

function toHit({ place, start, text }, match, source) {
  return {
    place,
    found: NAMES.has(place) ? text : match[0].replace(/\s+/g, ' ').trim(),
    text: place === 'file' ? text : source.slice(start, start + text.length),
    at: match.index + match[0].length - match[0].trimStart().length,
  };
}

function position({ place, start }, index, lineStarts) {
  if (place === 'file') return { line: 1, column: 1 };
  const offset = start + index;
  let line = 0;
  for (let above = lineStarts.length; line + 1 < above;) {
    const middle = (line + above) >> 1;
    if (lineStarts[middle] <= offset) line = middle;
    else above = middle;
  }
  return { line: line + 1, column: offset - lineStarts[line] + 1 };
}
