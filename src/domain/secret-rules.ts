import type { FieldRule } from './source-rules.js';

/** Headers allow Latin-1. */
const HEADER_VALUE = /^[\x20-\x7e\xa0-\xff]*$/;
const HEADER_NAME = /^[\w!#$%&'*+.^`|~-]{1,100}$/;
const MAX_HEADERS = 20;
const MAX_VALUE_LENGTH = 4000;

/** Headers of credentials, of the connection (RFC 9110, section 7.6.1), and headers that the hub sets itself. */
const REFUSED_HEADERS: ReadonlySet<string> = new Set([
  'authorization',
  'cookie',
  'host',
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
  'content-length',
  'content-type',
  'content-encoding',
  'accept-encoding',
  'user-agent',
  'via',
  'range',
]);

/** A secret text of one line for a header. */
export const tokenRule: FieldRule = (value, { maxLength = Infinity }) => {
  if (value === null) return undefined;
  if (typeof value !== 'string') return 'Must be a string or null';
  if (value.length > maxLength) return `Use at most ${maxLength} characters`;
  return HEADER_VALUE.test(value.trim()) ? undefined : 'Use printable Latin-1 characters only';
};

export const basicAuthRule: FieldRule = (value, { maxLength = Infinity }) => {
  if (value === null || value === '') return undefined;
  if (typeof value !== 'string' || !value.includes(':'))
    return 'Must be a user and a password as user:password, or null';
  if (value.length > maxLength) return `Use at most ${maxLength} characters`;
  return /\p{Cc}|\p{Cs}/u.test(value) ? 'Use printable characters only' : undefined;
};

export const headersRule: FieldRule = (value) => {
  if (value === null) return undefined;
  if (typeof value !== 'object' || Array.isArray(value)) return 'Must be an object of header names and values, or null';
  const entries = Object.entries(value as Record<string, unknown>);
  if (entries.length > MAX_HEADERS) return `Use at most ${MAX_HEADERS} headers`;
  const names = entries.map(([name]) => name.toLowerCase());
  if (new Set(names).size < names.length) return 'Must not have the same header twice';
  return entries.map(([name, text]) => headerProblem(name, text)).find((problem) => problem !== undefined);
};

function headerProblem(name: string, text: unknown): string | undefined {
  if (!HEADER_NAME.test(name)) return `${JSON.stringify(name.slice(0, 100))} is not the name of a header`;
  const lowerCase = name.toLowerCase();
  if (lowerCase === 'authorization') return 'Must not have Authorization. Use the token, or user and password, instead';
  if (REFUSED_HEADERS.has(lowerCase) || lowerCase.startsWith('if-'))
    return `Must not have ${name}, which belongs to the connection or is set by this hub`;
  const isValue = typeof text === 'string' && text.length <= MAX_VALUE_LENGTH && HEADER_VALUE.test(text);
  return isValue
    ? undefined
    : `The value of ${name} must have at most ${MAX_VALUE_LENGTH} printable Latin-1 characters`;
}

/** The hub also checks with the TLS library that certificate and key belong together. */
export const certificateRule: FieldRule = (value, { maxLength = Infinity }) => {
  if (value === null || value === '') return undefined;
  if (typeof value !== 'string') return 'Must be a PEM text or null';
  if (value.length > maxLength) return `Use at most ${maxLength} characters`;
  if (/-----BEGIN ENCRYPTED PRIVATE KEY-----|Proc-Type: 4,ENCRYPTED/.test(value))
    return 'The private key is encrypted. Enter it without a passphrase; this hub stores it encrypted';
  const isComplete = /-----BEGIN CERTIFICATE-----/.test(value) && /-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----/.test(value);
  return isComplete ? undefined : 'Must have a certificate and its private key in the PEM format';
};
