import { hkdfSync } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { HubError } from '../../domain/hub-error.js';
import { HUB_CONFIG, type HubConfig } from '../config/hub-config.js';

/** What a capability is good for; one for another purpose is worth nothing. */
export type Purpose = 'lfs-upload' | 'lfs-download' | 'xet-write';

const ALGORITHM = 'HS256';

/**
 * Signs what a client may do for a while without further credentials: an upload link is used by programs that send none (contract E.25).
 * Every replica of a hub derives the same key from its secret key.
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

  /** The claims, as they were signed. @throws HubError `Forbidden` for one that is forged, expired or for another purpose */
  verify<T extends object>(purpose: Purpose, capability: string): T {
    const { secret } = this;
    try {
      return this.jwt.verify<T>(capability, { secret, algorithms: [ALGORITHM], audience: purpose });
    } catch (cause) {
      throw new HubError('Forbidden', 'This link is not valid, or no longer: ask for a new one', { cause });
    }
  }
}
