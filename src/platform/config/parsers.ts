import { parseUrl } from '../../domain/parse-url.js';
import ipaddr from 'ipaddr.js';
import { checkSources, problemText } from '../../domain/check-source.js';
import type { SourceSetting } from '../../domain/source.js';
import { withoutTrailingSlashes } from '../../domain/trailing-slashes.js';
import { isPathPrefix } from '../../domain/path-prefix.js';

/** The problems of an invalid value, one per line. */
export class ParseFailure {
  constructor(readonly lines: readonly string[]) {}
}

/** The failure of a value that should be something else. */
export const expected = (what: string): ParseFailure => new ParseFailure([`expected ${what}`]);

/** Parses the text of a variable. Returns the value or a failure; never throws. */
export type Parse<T> = (text: string) => T | ParseFailure;

/** The items of a comma-separated text. */
export const commaSeparated = (text: string): string[] =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');

const between = (min: number, max: number, value: number): boolean => value >= min && value <= max;

export const integer =
  (min: number, max: number): Parse<number> =>
  (text) =>
    /^-?\d{1,15}$/.test(text) && between(min, max, Number(text))
      ? Number(text)
      : expected(`a whole number from ${min} to ${max}`);

/** A number of seconds; fractions are allowed. */
export const seconds =
  (min: number, max: number): Parse<number> =>
  (text) =>
    /^\d{1,9}(\.\d{1,3})?$/.test(text) && between(min, max, Number(text))
      ? Number(text)
      : expected(`a number of seconds from ${min} to ${max}`);

/** A number of seconds, converted to whole milliseconds. */
export const secondsAsMs =
  (min: number, max: number): Parse<number> =>
  (text) => {
    const value = seconds(min, max)(text);
    return value instanceof ParseFailure ? value : Math.round(value * 1000);
  };

/** A number from 0 to 1. */
export const fraction: Parse<number> = (text) =>
  /^\d(\.\d{1,9})?$/.test(text) && Number(text) <= 1 ? Number(text) : expected('a number from 0 to 1');

/** A factor; fractions are allowed. */
export const factor =
  (max: number): Parse<number> =>
  (text) =>
    /^\d{1,4}(\.\d{1,9})?$/.test(text) && Number(text) <= max ? Number(text) : expected(`a number from 0 to ${max}`);

const TRUE_WORDS = ['true', '1', 'yes', 'on'];
const FALSE_WORDS = ['false', '0', 'no', 'off'];

export const boolean: Parse<boolean> = (text) => {
  const word = text.toLowerCase();
  if (TRUE_WORDS.includes(word)) return true;
  return FALSE_WORDS.includes(word) ? false : expected('true or false');
};

export const oneOf =
  <T extends string>(...choices: T[]): Parse<T> =>
  (text) =>
    choices.find((choice) => choice === text.toLowerCase()) ?? expected(`one of ${choices.join(', ')}`);

/** Printable text of `min` to `max` characters. */
export const printable =
  (min: number, max: number): Parse<string> =>
  (text) =>
    between(min, max, text.length) && /^[^\p{Cc}\p{Cs}]*$/u.test(text)
      ? text
      : expected(`${min} to ${max} printable characters`);

/** The value in KohakuHub's example files. It is public, so it must not be used as a secret. */
const PUBLISHED_SECRET = 'change-me-in-production';

/** A secret chosen by the administrator. It must be long enough, valid in a header, and not a published example. */
export const secret =
  (min: number): Parse<string> =>
  (text) => {
    if (text === PUBLISHED_SECRET) return expected('a secret other than the published example');
    return /^[\x21-\x7e]+$/.test(text) && between(min, 500, text.length)
      ? text
      : expected(`${min} to 500 printable ASCII characters without spaces`);
  };

/** An HTTP(S) base URL, which may have a path prefix. Trailing slashes are removed. */
export const baseUrl: Parse<string> = (text) => {
  const url = parseUrl(text);
  const isBase = url && /^https?:$/.test(url.protocol) && !url.username && !url.password && !url.search && !url.hash;
  return isBase
    ? url.origin + withoutTrailingSlashes(url.pathname)
    : expected('an HTTP or HTTPS URL without user, query and fragment, such as https://hub.example.com');
};

/** Comma-separated URLs of issuers, or `none`. */
export const issuerUrls: Parse<readonly string[]> = (text) => {
  const urls = text === 'none' ? [] : commaSeparated(text).map(baseUrl);
  return urls.every((url) => typeof url === 'string')
    ? urls
    : expected('comma-separated HTTP or HTTPS URLs such as https://gitlab.example.com, or none');
};

const isHubUrl = (text: string): boolean => {
  const url = parseUrl(text);
  return typeof baseUrl(text) === 'string' && isPathPrefix(url!.pathname);
};

/** Comma-separated base URLs of the hub. */
export const hubUrls: Parse<readonly string[]> = (text) => {
  const list = commaSeparated(text);
  return list.every(isHubUrl)
    ? list.map((item) => baseUrl(item) as string)
    : expected(
        'comma-separated HTTP or HTTPS URLs without user, query and fragment, such as https://hub.example.com/tools/hub. ' +
          'The path may have letters, digits and the characters - . _ ~ /',
      );
};

/** A URL with one of these schemes. */
export const urlOf =
  (...schemes: string[]): Parse<string> =>
  (text) => {
    const url = parseUrl(text);
    return url?.hostname && schemes.includes(url.protocol.slice(0, -1))
      ? text
      : expected(`a URL beginning with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`);
  };

/** The name of an S3 bucket. */
export const bucket: Parse<string> = (text) =>
  /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(text)
    ? text
    : expected('a bucket name of 3 to 63 lower-case letters, digits, dots and hyphens');

const isNetwork = (text: string): boolean => {
  const [address = '', bits = '32', ...rest] = text.split('/');
  const isAddress = ipaddr.IPv4.isValidFourPartDecimal(address) || ipaddr.IPv6.isValid(address);
  const maxBits = address.includes(':') ? 128 : 32;
  return rest.length === 0 && isAddress && /^[1-9]\d{0,2}$/.test(bits) && Number(bits) <= maxBits;
};

/** Comma-separated IP addresses and CIDRs. `/0` is invalid, because it would trust every client. */
export const networks: Parse<readonly string[]> = (text) => {
  const list = commaSeparated(text);
  return list.every(isNetwork)
    ? list
    : expected('comma-separated IP addresses and CIDRs, such as 10.0.0.5,10.1.0.0/16,fd00::/8');
};

/** Comma-separated namespaces; `*` and `?` are wildcards. */
export const namespaceGlobs: Parse<readonly string[]> = (text) => {
  const globs = commaSeparated(text);
  const invalid = globs.filter((glob) => !/^[\w.*?-]{1,96}$/.test(glob));
  return invalid.length === 0
    ? globs
    : expected('comma-separated namespaces, with * and ? as wildcards, such as acme,acme-*');
};

const asJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // the parser's message quotes the text, which may contain tokens
  }
};

/** A JSON list of sources. Each problem names the index of the source and the field. */
export const sourceList: Parse<readonly SourceSetting[]> = (text) => {
  const list = asJson(text);
  if (!Array.isArray(list)) return expected('a JSON list of sources: [{"name": …, "url": …, "source_type": …}]');
  const check = checkSources(list);
  return 'settings' in check ? check.settings : new ParseFailure(check.problems.map(problemText));
};
