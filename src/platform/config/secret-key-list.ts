import { expected, secret, type Parse } from './parsers.js';

const MIN_LENGTH = 16;
/** During a rotation there are two. Each further key that is accepted takes time to derive. */
const MAX_KEYS = 5;
const parseKey = secret(MIN_LENGTH);

/** The keys in a text, separated by commas, spaces or line breaks. */
function keysIn(text: string): string[] {
  const values = text.split(/\s+/).filter(Boolean);
  const keys = values.flatMap((value) => value.split(',')).filter(Boolean);
  // in version 0.1.0, a comma was part of the key
  const wholes = values.filter((value) => value.includes(','));
  return [...new Set([...keys, ...wholes])];
}

/** One or several secret keys, the first of which is to be used. */
export const secretKeyList: Parse<readonly string[]> = (text) => {
  const keys = keysIn(text);
  const problem = keys.map((key) => parseKey(key)).find((key) => typeof key !== 'string');
  if (problem) return problem;
  const count = keys.filter((key) => !key.includes(',')).length;
  return count >= 1 && count <= MAX_KEYS ? keys : expected(`at most ${MAX_KEYS} keys`);
};

/** The keys in the file of a generated key. */
export const storedSecretKeys = (text: string): readonly string[] => keysIn(text);
