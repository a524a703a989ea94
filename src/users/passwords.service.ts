import { hash, verify } from '@node-rs/argon2';
import { Injectable } from '@nestjs/common';

/** The library's default kind is Argon2id; the costs are OWASP's recommendation for it (19 MiB, two passes, one lane). */
const COSTS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** The same letters, whichever way a keyboard composes them. */
const composed = (password: string): string => password.normalize('NFC');

/** Turns passwords into hashes, and tells whether one fits. */
@Injectable()
export class PasswordsService {
  private nobodys: Promise<string> | undefined;

  /** With a salt of its own. */
  hash(password: string): Promise<string> {
    return hash(composed(password), COSTS);
  }

  /** Without a hash the answer is no, and takes as long: how long it takes must not tell which accounts there are. */
  async fits(password: string, stored: string | undefined): Promise<boolean> {
    const against = stored ?? (await (this.nobodys ??= this.hash('the password of nobody')));
    return (await verify(against, composed(password))) && stored !== undefined;
  }
}
