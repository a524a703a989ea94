import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/**
 * @typedef {object} Rule
 * @property {string} id
 * @property {RegExp} pattern
 * @property {string[]} in Places in which it applies.
 * @property {string} use What to write instead.
 * @property {string} example A text that matches.
 * @property {string[]} not Texts that do not match.
 */

const PROSE = ['comment', 'message', 'page', 'title', 'markdown'];
const NAMES = ['name', 'function', 'file'];

const read = (name) => parse(readFileSync(new URL(name, import.meta.url), 'utf8'));

/** @returns {Rule[]} The rules of `prose-rules.yaml` and `name-rules.yaml`. */
export const loadRules = () => [
  ...read('prose-rules.yaml').map((rule) => toRule(rule, { places: PROSE, flags: 'gi' })),
  ...read('name-rules.yaml').map((rule) => toRule(rule, { places: NAMES, flags: 'g' })),
];

/** A space in a pattern stands for any white space, so that phrases are found across lines. */
function toRule({ id, pattern, in: places, use, example, not = [] }, defaults) {
  if (![id, pattern, use, example].every((field) => typeof field === 'string' && field !== ''))
    throw new Error(`Rule ${id ?? pattern}: id, pattern, use and example are required`);
  const unknown = (places ?? []).filter((place) => !defaults.places.includes(place));
  if (unknown.length > 0) throw new Error(`Rule ${id}: unknown place ${unknown.join(', ')}`);
  const source = pattern.replace(/(?<!\[[^\]]*) /g, String.raw`\s+`);
  return { id, use, example, not, in: places ?? defaults.places, pattern: new RegExp(source, defaults.flags) };
}
