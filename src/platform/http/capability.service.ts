import { createSecretKey } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { HubError } from '../../domain/hub-error.js';
import type { SecretKey } from '../identity/secret-key.js';
import { SecretKeys } from '../identity/secret-keys.js';

/** The purpose of a capability. It is not valid for any other one. */
export type Purpose = 'lfs-upload' | 'lfs-download' | 'xet-write' | 'xet-read' | 'xet-xorb';

const ALGORITHM = 'HS256';

/**
 * Signs and verifies capabilities: signed permissions with an expiry, for requests without credentials, such as uploads to a link
 * (contract E.25). All replicas derive the same signing keys from the secret keys.
 */
@Injectable()
export class CapabilityService {
  private readonly secrets: ReadonlyMap<SecretKey, Buffer>;

  constructor(
    private readonly keys: SecretKeys,
    private readonly jwt: JwtService,
  ) {
    this.secrets = new Map(keys.all.map((key) => [key, keyObject(key.derive('hubfall capabilities v1'))]));
  }

  sign(purpose: Purpose, claims: object, seconds: number): string {
    const secret = this.secrets.get(this.keys.inUse)!;
    return this.jwt.sign({ ...claims }, { secret, algorithm: ALGORITHM, audience: purpose, expiresIn: seconds });
  }

  /** The account that a capability was signed for, for any purpose. Undefined if it is forged or expired, or was signed for an anonymous caller. */
  accountOf(capability: string): number | undefined {
    for (const secret of this.secrets.values()) {
      try {
        return this.jwt.verify<{ account?: number }>(capability, { secret, algorithms: [ALGORITHM] }).account;
      } catch {
        continue;
      }
    }
    return undefined;
  }

  /**
   * Returns the signed claims.
   * @throws HubError `Forbidden` if the capability is forged, expired or for another purpose
   */
  verify<T extends object>(purpose: Purpose, capability: string): T {
    let cause: unknown;
    for (const secret of this.secrets.values()) {
      try {
        return this.jwt.verify<T>(capability, { secret, algorithms: [ALGORITHM], audience: purpose });
      } catch (error) {
        cause = error;
      }
    }
    throw new HubError('Forbidden', 'This link is invalid or has expired. Request a new one.', { cause });
  }
}

/**
 * A key for `jsonwebtoken`. From bytes, it would try to read a public key at each verification, which takes longer than the rest of it. The types of
 * `@nestjs/jwt` only allow bytes.
 */
const keyObject = (bytes: Buffer): Buffer => createSecretKey(bytes) as unknown as Buffer;
