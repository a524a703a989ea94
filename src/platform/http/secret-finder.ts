import { randomInt } from 'node:crypto';
import { secretComparer } from './secret-comparer.js';

const CODE = 16_777_619;

/**
 * Returns a function that finds a secret within a text. The time it takes does not depend on partial matches: it
 * compares rolling hashes with a random factor (Rabin and Karp, 1987), and equal ones in constant time.
 */
export function secretFinder(secret: string, factor = randomInt(2 ** 31) * 2 + 1): (text: string) => boolean {
  const { length } = secret;
  const isSecret = secretComparer(secret);
  const add = (hash: number, text: string, at: number): number =>
    (Math.imul(hash, factor) + Math.imul(text.charCodeAt(at) + 1, CODE)) | 0;
  let expected = 0;
  let power = CODE;
  for (let at = 0; at < length; at += 1) {
    expected = add(expected, secret, at);
    power = Math.imul(power, factor);
  }
  return (text) => {
    let hash = 0;
    for (let at = 0; at < text.length; at += 1) {
      hash = add(hash, text, at);
      if (at >= length) hash = (hash - Math.imul(text.charCodeAt(at - length) + 1, power)) | 0;
      if (at >= length - 1 && hash === expected && isSecret(text.slice(at - length + 1, at + 1))) return true;
    }
    return false;
  };
}
