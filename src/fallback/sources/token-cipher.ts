import { createCipheriv, createDecipheriv, createHash, randomBytes, scryptSync } from 'node:crypto';

const VERSION = 'v1';
/** Constant, since every replica must derive the same key from the same secret. */
const SALT = 'hubfall source tokens v1';
const TAG_BYTES = 16;

/**
 * Encrypts source tokens for the database: AES-256-GCM with a key derived from the hub's secret key. The format is
 * `v1:<keyId>:<iv>:<tag>:<ciphertext>` (base64url), so that later versions can identify the key and method. The source's origin is
 * authenticated data: a token that is copied to a source with another origin in the database cannot be decrypted.
 */
export class TokenCipher {
  private readonly key: Buffer;
  private readonly keyId: string;

  constructor(secretKey: string) {
    this.key = scryptSync(secretKey, SALT, 32);
    this.keyId = createHash('sha256').update(SALT).update(this.key).digest('hex').slice(0, 8);
  }

  /**
   * @param url - the source's URL
   * @param purpose - what the secret is for; empty for a token
   */
  encrypt(token: string, url: string, purpose = ''): string {
    const iv = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.key, iv, { authTagLength: TAG_BYTES });
    cipher.setAAD(authenticatedData(url, purpose));
    const ciphertext = Buffer.concat([cipher.update(token, 'utf8'), cipher.final()]);
    const parts = [iv, cipher.getAuthTag(), ciphertext].map((part) => part.toString('base64url'));
    return [VERSION, this.keyId, ...parts].join(':');
  }

  /** The token; `undefined` if it was encrypted with another secret key or for another origin, or is corrupted. */
  decrypt(encrypted: string, url: string, purpose = ''): string | undefined {
    const [version, keyId, ...parts] = encrypted.split(':');
    if (version !== VERSION || keyId !== this.keyId || parts.length !== 3) return undefined;
    const [iv, tag, ciphertext] = parts.map((part) => Buffer.from(part, 'base64url')) as [Buffer, Buffer, Buffer];
    try {
      const decipher = createDecipheriv('aes-256-gcm', this.key, iv, { authTagLength: TAG_BYTES });
      decipher.setAAD(authenticatedData(url, purpose)).setAuthTag(tag);
      return decipher.update(ciphertext, undefined, 'utf8') + decipher.final('utf8');
    } catch {
      return undefined; // Node.js only reports "unable to authenticate data"
    }
  }
}

const authenticatedData = (url: string, purpose: string): Buffer =>
  Buffer.from(purpose === '' ? new URL(url).origin : `${new URL(url).origin}\0${purpose}`);
