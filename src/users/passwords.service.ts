import { hash, verify as verifyHash } from '@node-rs/argon2';
import { Injectable } from '@nestjs/common';

/** Parameters that OWASP recommends for Argon2id: 19 MiB, two passes, one lane. Argon2id is the library's default. */
const COSTS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Passwords are normalized, because keyboards may enter an accented character as different code points. */
const normalize = (password: string): string => password.normalize('NFC');

/** Hashes and verifies passwords. */
@Injectable()
export class PasswordsService {
  private dummyHash: Promise<string> | undefined;

  hash(password: string): Promise<string> {
    return hash(normalize(password), COSTS);
  }

  /** Without a stored hash, verifies against a dummy hash, so that response times do not reveal which accounts exist. */
  async verify(password: string, stored: string | undefined): Promise<boolean> {
    const target = stored ?? (await (this.dummyHash ??= this.hash('dummy password')));
    return (await verifyHash(target, normalize(password))) && stored !== undefined;
  }
}
