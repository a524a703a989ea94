import { checkSources } from '../../domain/check-source.js';
import type { SourceSetting } from '../../domain/source.js';

/** Why a text cannot be a variable's value: one line for each thing that is wrong. */
export class Misfit {
  constructor(readonly lines: readonly string[]) {}
}

const expected = (what: string): Misfit => new Misfit([`expected ${what}`]);

/** Reads a variable's text: the value, or what was expected instead. Never throws. */
export type Parse<T> = (text: string) => T | Misfit;

const between = (min: number, max: number, value: number): boolean => value >= min && value <= max;

export const integer =
  (min: number, max: number): Parse<number> =>
  (text) =>
    /^-?\d{1,15}$/.test(text) && between(min, max, Number(text))
      ? Number(text)
      : expected(`a whole number from ${min} to ${max}`);

/** A number of seconds, fractions allowed. */
export const seconds =
  (min: number, max: number): Parse<number> =>
  (text) =>
    /^\d{1,9}(\.\d{1,3})?$/.test(text) && between(min, max, Number(text))
      ? Number(text)
      : expected(`a number of seconds from ${min} to ${max}`);

/** The same, handed on in whole milliseconds. */
export const secondsAsMs =
  (min: number, max: number): Parse<number> =>
  (text) => {
    const value = seconds(min, max)(text);
    return value instanceof Misfit ? value : Math.round(value * 1000);
  };

/** A part of the whole. */
export const share: Parse<number> = (text) =>
  /^\d(\.\d{1,9})?$/.test(text) && Number(text) <= 1 ? Number(text) : expected('a number from 0 to 1');

const YES = ['true', '1', 'yes', 'on'];
const NO = ['false', '0', 'no', 'off'];

export const yesOrNo: Parse<boolean> = (text) => {
  const word = text.toLowerCase();
  if (YES.includes(word)) return true;
  return NO.includes(word) ? false : expected('true or false');
};

export const oneOf =
  <T extends string>(...words: T[]): Parse<T> =>
  (text) =>
    words.find((word) => word === text.toLowerCase()) ?? expected(`one of ${words.join(', ')}`);

/** Printable text of a bounded length. */
export const printable =
  (min: number, max: number): Parse<string> =>
  (text) =>
    between(min, max, text.length) && /^[^\p{Cc}\p{Cs}]*$/u.test(text)
      ? text
      : expected(`${min} to ${max} printable characters`);

/** The value that KohakuHub's example files bear: whoever has read them would have the key. */
const PUBLISHED = 'change-me-in-production';

/** A secret made by a person: long enough, one a header can carry, and not one that was published. */
export const secret =
  (min: number): Parse<string> =>
  (text) => {
    if (text === PUBLISHED) return expected('a secret of your own, not the published example');
    return /^[\x21-\x7e]+$/.test(text) && between(min, 500, text.length)
      ? text
      : expected(`${min} to 500 printable ASCII characters without spaces`);
  };

const asUrl = (text: string): URL | undefined => (URL.canParse(text) ? new URL(text) : undefined);

/** An http(s) base URL, a path prefix allowed, handed on without trailing slash. */
export const baseUrl: Parse<string> = (text) => {
  const url = asUrl(text);
  const plain = url && /^https?:$/.test(url.protocol) && !url.username && !url.password && !url.search && !url.hash;
  return plain
    ? url.origin + url.pathname.replace(/\/+$/, '')
    : expected('an http or https URL without user, query and fragment, like https://hub.example.com');
};

/** A URL of one of these schemes, handed on as written. */
export const urlOf =
  (...schemes: string[]): Parse<string> =>
  (text) => {
    const url = asUrl(text);
    return url?.hostname && schemes.includes(url.protocol.slice(0, -1))
      ? text
      : expected(`a URL beginning with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`);
  };

/** The name of an S3 bucket. */
export const bucket: Parse<string> = (text) =>
  /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(text)
    ? text
    : expected('the name of a bucket: 3 to 63 lower-case letters, digits, dots and hyphens');

/** Globs of namespaces, separated by commas. */
export const namespaceGlobs: Parse<readonly string[]> = (text) => {
  const globs = text
    .split(',')
    .map((glob) => glob.trim())
    .filter((glob) => glob !== '');
  const wrong = globs.filter((glob) => !/^[\w.*?-]{1,96}$/.test(glob));
  return wrong.length === 0 ? globs : expected('namespaces separated by commas, * and ? allowed: acme,acme-*');
};

const asJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // the parser's own message quotes the text, in which tokens may stand
  }
};

/** A JSON list of sources; each fault names the source's place in it and the field. */
export const sourceList: Parse<readonly SourceSetting[]> = (text) => {
  const list = asJson(text);
  if (!Array.isArray(list)) return expected('a JSON list of sources: [{"name": …, "url": …, "source_type": …}]');
  const check = checkSources(list);
  return 'settings' in check
    ? check.settings
    : new Misfit(check.faults.map(({ field, message }) => `${field} ${message}`));
};
