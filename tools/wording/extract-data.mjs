import { visit as visitJson } from 'jsonc-parser';
import { LineCounter, Parser } from 'yaml';
import { commentSegment, stringSegment } from './segment.mjs';

/** @typedef {import('./segment.mjs').Segment} Segment */

/**
 * Descriptions in a JSON file: every string that is prose, except for scripts and examples.
 * @returns {Segment[]}
 */
export function extractJson(source) {
  const segments = [];
  visitJson(source, {
    onLiteralValue(value, offset, length, _line, _column, path) {
      if (typeof value !== 'string' || path().some((key) => key === 'scripts' || key === 'example')) return;
      segments.push(stringSegment('message', offset + 1, source.slice(offset + 1, offset + length - 1)));
    },
    onComment: (offset, length) => segments.push(commentSegment(offset, source.slice(offset, offset + length))),
  });
  return segments;
}

/**
 * Comments and texts of a YAML file.
 * @returns {Segment[]}
 */
export function extractYaml(source) {
  const segments = [];
  const comments = [];
  for (const token of new Parser(new LineCounter().addNewLine).parse(source))
    collect(token, (leaf) => {
      if (leaf.type === 'comment') comments.push(leaf);
      else if (leaf.type === 'block-scalar') segments.push(stringSegment('message', ...blockText(leaf)));
      else if (/scalar$/.test(leaf.type)) segments.push(stringSegment('message', leaf.offset, leaf.source));
    });
  return [...segments, ...joinComments(source, comments)];
}

/** Calls back for each comment and scalar of a token of `yaml`'s concrete syntax tree. */
function collect(token, found) {
  if (!token || typeof token !== 'object') return;
  if (token.type === 'comment' || /scalar$/.test(token.type ?? '')) found(token);
  for (const key of ['start', 'props', 'key', 'sep', 'value', 'items', 'end']) {
    const part = token[key];
    if (Array.isArray(part)) for (const each of part) collect(each, found);
    else collect(part, found);
  }
}

/** Where the text of a block scalar begins, and the text. */
function blockText({ props, source }) {
  const last = props.at(-1);
  return [last.offset + last.source.length, source];
}

/** Comments below each other are one text. */
function joinComments(source, comments) {
  const joined = [];
  for (const { offset, source: text } of comments.sort((a, b) => a.offset - b.offset)) {
    const last = joined.at(-1);
    if (last && /^\s*\n[^\S\n]*$/.test(source.slice(last[1], offset)) && !/\n\s*\n/.test(source.slice(last[1], offset)))
      last[1] = offset + text.length;
    else joined.push([offset, offset + text.length]);
  }
  return joined.map(([from, to]) => commentSegment(from, source.slice(from, to)));
}
