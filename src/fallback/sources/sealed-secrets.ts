import { SECRET_FIELDS, type SecretField, type SourceSecrets, type SourceSetting } from '../../domain/source.js';
import type { TokenCipher } from './token-cipher.js';

/** The column of each secret field, which stores it encrypted. */
export const SECRET_COLUMNS = {
  token: 'tokenCipher',
  basic_auth: 'basicAuthCipher',
  headers: 'headersCipher',
  client_certificate: 'clientCertificateCipher',
} as const satisfies Readonly<Record<SecretField, string>>;

/** The encrypted credentials of a source. */
export type SealedSecrets = Record<(typeof SECRET_COLUMNS)[SecretField], string | null>;

/** The name that is authenticated with a secret, so that it cannot be moved to another field. Tokens existed before other secrets. */
export const purposeOf = (field: SecretField): string => (field === 'token' ? '' : field);

/**
 * Encrypts the credentials of a setting.
 * @param stored - kept where the setting has none; without them, missing credentials are null
 */
export function sealSecrets(setting: SourceSetting, cipher: TokenCipher, stored?: SealedSecrets): SealedSecrets {
  const seal = (field: SecretField): string | null => {
    const value = setting[field];
    if (value === undefined) return stored?.[SECRET_COLUMNS[field]] ?? null;
    if (value === null) return null;
    return cipher.encrypt(typeof value === 'string' ? value : JSON.stringify(value), setting.url, purposeOf(field));
  };
  return Object.fromEntries(SECRET_FIELDS.map((field) => [SECRET_COLUMNS[field], seal(field)])) as SealedSecrets;
}

/** Decrypted credentials. */
export interface OpenedSecrets {
  readonly secrets: SourceSecrets;
  /** Whether all of them could be decrypted. */
  readonly isComplete: boolean;
}

/** Decrypts the stored credentials of a source with this URL. */
export function openSecrets(sealed: SealedSecrets, url: string, cipher: TokenCipher): OpenedSecrets {
  const secrets: Record<string, unknown> = {};
  let isComplete = true;
  for (const field of storedSecrets(sealed)) {
    const text = cipher.decrypt(sealed[SECRET_COLUMNS[field]]!, url, purposeOf(field));
    if (text === undefined) isComplete = false;
    else secrets[field] = field === 'headers' ? JSON.parse(text) : text;
  }
  return { secrets: secrets as SourceSecrets, isComplete };
}

/** The fields whose secrets are stored. */
export const storedSecrets = (sealed: SealedSecrets): SecretField[] =>
  SECRET_FIELDS.filter((field) => sealed[SECRET_COLUMNS[field]] !== null);

/** The credentials in a setting. */
export const secretsOf = (setting: SourceSetting): SourceSecrets =>
  Object.fromEntries(
    SECRET_FIELDS.flatMap((field) => (setting[field] ? [[field, setting[field]]] : [])),
  ) as SourceSecrets;
