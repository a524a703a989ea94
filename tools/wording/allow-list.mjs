import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** @typedef {import('./check-text.mjs').Hit} Hit */
/**
 * @typedef {object} Allowed
 * @property {string} file A file, or a folder with a trailing slash.
 * @property {string} text Includes the words that are allowed.
 * @property {string} reason
 */

/** Path of the allow-list in a repository. */
export const ALLOW_LIST = 'tools/wording/allow.yaml';

/** @returns {Allowed[]} The entries of a repository's allow-list. */
export const loadAllowList = (root) =>
  existsSync(`${root}/${ALLOW_LIST}`) ? (parse(readFileSync(`${root}/${ALLOW_LIST}`, 'utf8')) ?? []) : [];

/**
 * Leaves out the hits that the allow-list permits.
 * @param {Hit[]} hits
 * @param {Allowed[]} entries
 * @param {(file: string) => boolean} isChecked Whether a file, or a file of a folder, was checked.
 * @returns {{hits: Hit[], errors: string[]}} What is left, and what is wrong with the list.
 */
export function applyAllowList(hits, entries, isChecked) {
  const uses = entries.map(() => 0);
  const left = hits.filter((hit) => {
    const at = entries.findIndex((entry) => allows(entry, hit));
    if (at >= 0) uses[at]++;
    return at < 0;
  });
  const errors = entries.map((entry, at) => entryError(entry, uses[at] > 0 || !isChecked(entry.file)));
  return { hits: left, errors: errors.filter(Boolean) };
}

const isFilled = (value) => typeof value === 'string' && value.trim() !== '';

function entryError(entry, isUsed) {
  const name = `${ALLOW_LIST}: "${entry.text}" in ${entry.file}`;
  if (!isFilled(entry.file) || !isFilled(entry.text)) return `${name}: file and text are required`;
  if (!isFilled(entry.reason)) return `${name}: a reason is required`;
  return isUsed ? undefined : `${name}: no rule matches this text; remove the entry`;
}

/** Whether the entry's text is around the words of the hit. */
function allows({ file, text }, hit) {
  if (!isFilled(file) || !isFilled(text)) return false;
  if (file.endsWith('/') ? !hit.file.startsWith(file) : hit.file !== file) return false;
  const parts = text.trim().split(/\s+/);
  const pattern = new RegExp(
    parts.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)).join(String.raw`[\s*/#]+`),
    'g',
  );
  return [...hit.text.matchAll(pattern)].some(({ index, 0: { length } }) => hit.at >= index && hit.at < index + length);
}
