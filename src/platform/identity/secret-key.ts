import { createHash, hkdfSync, scryptSync } from 'node:crypto';

/** Constant, since every replica must derive the same key from the same secret. */
const SALT = 'hubfall source tokens v1';

/** One of the hub's secret keys, and the keys that are derived from it. */
export class SecretKey {
  private sealingKey: Buffer | undefined;

  constructor(private readonly secret: string) {}

  /** Whether this is a list of keys, which was one key in version 0.1.0. */
  get isList(): boolean {
    return this.secret.includes(',');
  }

  /** The key that encrypts credentials. Deriving it takes a moment, so this is done when it is first needed. */
  get sealing(): Buffer {
    return (this.sealingKey ??= scryptSync(this.secret, SALT, 32));
  }

  /** Identifies the key in the database and in reports. The key cannot be derived from it. */
  get id(): string {
    return createHash('sha256').update(SALT).update(this.sealing).digest('hex').slice(0, 8);
  }

  /** A key for another purpose. */
  derive(purpose: string): Buffer {
    return Buffer.from(hkdfSync('sha256', this.secret, '', purpose, 32));
  }
}
