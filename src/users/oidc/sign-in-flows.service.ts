import { Inject, Injectable } from '@nestjs/common';
import { TokenCipher } from '../../fallback/sources/token-cipher.js';
import { CLOCK, type Clock } from '../../platform/config/clock.js';
import { FLOW_SECONDS } from '../../platform/http/flow-cookie.js';
import { SecretKeys } from '../../platform/identity/secret-keys.js';

/** A sign-in that is in progress at a provider. */
export interface SignInFlow {
  readonly provider: string;
  readonly issuer: string;
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  readonly redirectUri: string;
  /** The page to open afterwards. */
  readonly next: string;
  /** The signed-in account that is to be linked; undefined to sign in. */
  readonly accountId?: number;
  /** The token of an invitation, which permits a new account. */
  readonly invitation?: string;
}

interface StoredFlow extends SignInFlow {
  readonly until: number;
}

/** Encrypts sign-ins in progress for a cookie: they need no row in the database before the provider knows the user, and any replica can finish them. */
@Injectable()
export class SignInFlows {
  private readonly cipher: TokenCipher;

  constructor(
    @Inject(SecretKeys) keys: SecretKeys,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.cipher = new TokenCipher(keys);
  }

  seal(flow: SignInFlow): string {
    const stored: StoredFlow = { ...flow, until: this.clock().getTime() + FLOW_SECONDS * 1000 };
    return this.cipher.encrypt(JSON.stringify(stored), flow.issuer, 'sign-in');
  }

  /** @returns undefined if it has expired, or belongs to another sign-in or provider */
  open(sealed: string, issuer: string, state: string): SignInFlow | undefined {
    const text = this.cipher.decrypt(sealed, issuer, 'sign-in');
    if (text === undefined) return undefined;
    const flow = JSON.parse(text) as StoredFlow;
    return flow.until > this.clock().getTime() && flow.state === state && flow.issuer === issuer ? flow : undefined;
  }

  /** Encrypts an ID token, which is stored with its session. */
  sealIdToken(idToken: string, issuer: string): string {
    return this.cipher.encrypt(idToken, issuer, 'id-token');
  }

  openIdToken(sealed: string, issuer: string): string | undefined {
    return this.cipher.decrypt(sealed, issuer, 'id-token');
  }
}
