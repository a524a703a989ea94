import { ApiProperty } from '@nestjs/swagger';
import type { RotationResult, SealReport } from '../../fallback/sources/sealed-secrets.store.js';

/** A secret key of this hub. */
export class SecretKeyDto {
  /** Identifies the key. The key cannot be derived from it. */
  @ApiProperty({ example: '3f9a01bc' })
  id: string;

  /** Whether new credentials and links are encrypted and signed with it. */
  in_use: boolean;

  /** Number of stored credentials that it encrypts. */
  @ApiProperty({ type: 'integer', example: 2 })
  credentials: number;
}

/** Credentials of a source that none of the keys can decrypt. */
export class UnreadableSecretsDto {
  @ApiProperty({ type: 'integer', example: 1 })
  id: number;

  /** @example "Team hub" */
  name: string;

  /** Empty for a source of all namespaces. */
  @ApiProperty({ example: '' })
  namespace: string;

  /** The fields that must be entered again. */
  @ApiProperty({ type: [String], example: ['token'] })
  fields: string[];
}

/** The secret keys, and what they encrypt. */
export class SecretKeysDto {
  /** In the order of KOHAKU_HUB_SECRET_KEY. */
  @ApiProperty({ type: [SecretKeyDto] })
  keys: SecretKeyDto[];

  /** Sources that are not used, because their credentials cannot be decrypted. */
  @ApiProperty({ type: [UnreadableSecretsDto] })
  unreadable: UnreadableSecretsDto[];

  /** Whether the first key encrypts everything, so that the others can be removed when the links that they signed have expired. */
  is_rotated: boolean;
}

/** The result of a key rotation. */
export class RotatedKeysDto extends SecretKeysDto {
  /** Number of credentials that were encrypted again. */
  @ApiProperty({ type: 'integer', example: 2 })
  reencrypted: number;
}

export const toSecretKeysDto = ({ keys, unreadable }: SealReport): SecretKeysDto => ({
  keys: keys.map(({ id, inUse, credentials }) => ({ id, in_use: inUse, credentials })),
  unreadable: unreadable.map((source) => ({ ...source, fields: [...source.fields] })),
  is_rotated:
    unreadable.length === 0 && keys.every(({ inUse, credentials }, at) => (at === 0 ? inUse : credentials === 0)),
});

export const toRotatedKeysDto = ({ reencrypted, report }: RotationResult): RotatedKeysDto => ({
  ...toSecretKeysDto(report),
  reencrypted,
});
