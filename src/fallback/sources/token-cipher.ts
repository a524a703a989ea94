import { createCipheriv, createDecipheriv, createHash, randomBytes, scryptSync } from 'node:crypto';

const VERSION = 'v1';
/** Fixed: every replica must derive the same key from the same secret. */
const SALT = 'hubfall source tokens v1';
const TAG_BYTES = 16;

/**
 * Seals source tokens for the database: AES-256-GCM under a key derived from the hub's secret key. A sealed token reads
 * `v1:<keyId>:<iv>:<tag>:<ciphertext>` (base64url), so that a later version can tell which key and method it needs. It is bound to
 * the origin that it is meant for: put beside another URL in the table, it does not open.
 */
export class TokenCipher {
  private readonly key: Buffer;
  private readonly keyId: string;

  constructor(secretKey: string) {
    this.key = scryptSync(secretKey, SALT, 32);
    this.keyId = createHash('sha256').update(SALT).update(this.key).digest('hex').slice(0, 8);
  }

  /** @param url the source's URL */
  seal(token: string, url: string): string {
    const iv = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.key, iv, { authTagLength: TAG_BYTES });
    cipher.setAAD(Buffer.from(new URL(url).origin));
    const sealed = Buffer.concat([cipher.update(token, 'utf8'), cipher.final()]);
    const parts = [iv, cipher.getAuthTag(), sealed].map((part) => part.toString('base64url'));
    return [VERSION, this.keyId, ...parts].join(':');
  }

  /** The token, or undefined when this hub cannot read it: another secret key, another origin, or damage. */
  open(sealed: string, url: string): string | undefined {
    const [version, keyId, ...parts] = sealed.split(':');
    if (version !== VERSION || keyId !== this.keyId || parts.length !== 3) return undefined;
    const [iv, tag, ciphertext] = parts.map((part) => Buffer.from(part, 'base64url')) as [Buffer, Buffer, Buffer];
    try {
      const decipher = createDecipheriv('aes-256-gcm', this.key, iv, { authTagLength: TAG_BYTES });
      decipher.setAAD(Buffer.from(new URL(url).origin)).setAuthTag(tag);
      return decipher.update(ciphertext, undefined, 'utf8') + decipher.final('utf8');
    } catch {
      return undefined; // Node says no more than "unable to authenticate data"
    }
  }
}
