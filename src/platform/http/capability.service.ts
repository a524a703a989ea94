import { hkdfSync } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { HubError } from '../../domain/hub-error.js';
import { HUB_CONFIG, type HubConfig } from '../config/hub-config.js';

/** The purpose of a capability. It is not valid for any other one. */
export type Purpose = 'lfs-upload' | 'lfs-download' | 'xet-write';

const ALGORITHM = 'HS256';

/**
 * Signs and verifies capabilities: signed permissions with an expiry, for requests without credentials, such as uploads to a link
 * (contract E.25). All replicas derive the same signing key from the secret key.
 */
@Injectable()
export class CapabilityService {
  private readonly secret: Buffer;

  constructor(
    @Inject(HUB_CONFIG) { secretKey }: HubConfig,
    private readonly jwt: JwtService,
  ) {
    this.secret = Buffer.from(hkdfSync('sha256', secretKey, '', 'hubfall capabilities v1', 32));
  }

  sign(purpose: Purpose, claims: object, seconds: number): string {
    const { secret } = this;
    return this.jwt.sign({ ...claims }, { secret, algorithm: ALGORITHM, audience: purpose, expiresIn: seconds });
  }

  /**
   * Returns the signed claims.
   * @throws HubError `Forbidden` if the capability is forged, expired or for another purpose
   */
  verify<T extends object>(purpose: Purpose, capability: string): T {
    const { secret } = this;
    try {
      return this.jwt.verify<T>(capability, { secret, algorithms: [ALGORITHM], audience: purpose });
    } catch (cause) {
      throw new HubError('Forbidden', 'This link is invalid or has expired. Request a new one.', { cause });
    }
  }
}
