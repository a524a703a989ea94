import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { SecretKey } from '../../platform/identity/secret-key.js';
import type { SecretKeys } from '../../platform/identity/secret-keys.js';

const VERSION = 'v1';
const TAG_BYTES = 16;

/**
 * Encrypts source tokens for the database: AES-256-GCM with keys derived from the hub's secret keys. The format is
 * `v1:<keyId>:<iv>:<tag>:<ciphertext>` (base64url), so that later versions can identify the key and method. The source's origin is
 * authenticated data: a token that is copied to a source with another origin in the database cannot be decrypted.
 */
export class TokenCipher {
  constructor(private readonly keys: Pick<SecretKeys, 'all' | 'inUse'>) {}

  /**
   * @param url - the source's URL
   * @param purpose - what the secret is for; empty for a token
   */
  encrypt(token: string, url: string, purpose = '', key = this.keys.inUse): string {
    const iv = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', key.sealing, iv, { authTagLength: TAG_BYTES });
    cipher.setAAD(authenticatedData(url, purpose));
    const ciphertext = Buffer.concat([cipher.update(token, 'utf8'), cipher.final()]);
    const parts = [iv, cipher.getAuthTag(), ciphertext].map((part) => part.toString('base64url'));
    return [VERSION, key.id, ...parts].join(':');
  }

  /** The token; `undefined` if it was encrypted with a secret key that this hub does not have or for another origin, or is corrupted. */
  decrypt(encrypted: string, url: string, purpose = ''): string | undefined {
    const [version, keyId, ...parts] = encrypted.split(':');
    const key = this.keys.all.find(({ id }) => id === keyId);
    if (version !== VERSION || key === undefined || parts.length !== 3) return undefined;
    const [iv, tag, ciphertext] = parts.map((part) => Buffer.from(part, 'base64url')) as [Buffer, Buffer, Buffer];
    try {
      const decipher = createDecipheriv('aes-256-gcm', key.sealing, iv, { authTagLength: TAG_BYTES });
      decipher.setAAD(authenticatedData(url, purpose)).setAuthTag(tag);
      return decipher.update(ciphertext, undefined, 'utf8') + decipher.final('utf8');
    } catch {
      return undefined; // Node.js only reports "unable to authenticate data"
    }
  }

  /** Whether a token is encrypted with this key. It may still be corrupted. */
  isEncryptedWith(encrypted: string, { id }: SecretKey): boolean {
    return encrypted.startsWith(`${VERSION}:${id}:`);
  }
}

const authenticatedData = (url: string, purpose: string): Buffer =>
  Buffer.from(purpose === '' ? new URL(url).origin : `${new URL(url).origin}\0${purpose}`);
