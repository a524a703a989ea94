import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import type { HubSettings } from '../../platform/identity/hub-settings.js';

const SETTING = 'xet.id_key';
const KEY_BYTES = 32;
/** The plaintext is a digest, whose bits are evenly distributed, and each key encrypts every digest the same way. */
const NO_IV = Buffer.alloc(16);

/**
 * The ids of files and xorbs in the Xet protocol. Clients store content by them, also that of other hubs, and do not verify it. So an id must stand for
 * one content only, must never be the Xet hash of another content, and other hubs must not be able to predict it. The id of a file is its
 * encrypted SHA-256: the hub can read it without a table, and it is the same in all repositories.
 */
export class XetIds {
  private readonly fileKey: Buffer;
  private readonly xorbKey: Buffer;

  constructor(secret: Buffer) {
    this.fileKey = Buffer.from(hkdfSync('sha256', secret, '', 'hubfall xet files v1', KEY_BYTES));
    this.xorbKey = Buffer.from(hkdfSync('sha256', secret, '', 'hubfall xet xorbs v1', KEY_BYTES));
  }

  /** With the key in the database, which does not change with the secret key: clients store the ids of a commit's files without expiry. */
  static async open(settings: HubSettings): Promise<XetIds> {
    return new XetIds(Buffer.from(await settings.getOrAdd(SETTING, randomBytes(KEY_BYTES).toString('hex')), 'hex'));
  }

  /** The id of the file with this SHA-256. */
  fileId(sha256: string): string {
    const cipher = createCipheriv('aes-256-cbc', this.fileKey, NO_IV).setAutoPadding(false);
    return cipher.update(sha256, 'hex', 'hex') + cipher.final('hex');
  }

  /** The SHA-256 of the file with this id. It belongs to no content if the id is not one of this hub. */
  sha256Of(fileId: string): string {
    const decipher = createDecipheriv('aes-256-cbc', this.fileKey, NO_IV).setAutoPadding(false);
    return decipher.update(fileId, 'hex', 'hex') + decipher.final('hex');
  }

  /** @param content - identifies the content of the xorb */
  xorbId(...content: readonly (string | number)[]): string {
    return createHmac('sha256', this.xorbKey).update(JSON.stringify(content)).digest('hex');
  }
}
