import { Inject, Injectable } from '@nestjs/common';
import { BAD_CREDENTIALS_MESSAGE } from '../../domain/classify-reply.js';
import { HubError } from '../../domain/hub-error.js';
import { ANONYMOUS_TOKEN } from '../../platform/http/authorization.js';
import { CALLER_DIRECTORY, type CallerDirectory } from '../../platform/http/caller-directory.js';
import { CLOCK, type Clock } from '../../platform/config/clock.js';

/** Clients request another token after this time, in seconds. */
const SECONDS = 3600;

/** A reply of the token endpoint (distribution-spec, token authentication). */
export interface RegistryToken {
  readonly token: string;
  readonly access_token: string;
  readonly expires_in: number;
  readonly issued_at: string;
}

/**
 * Issues tokens to registry clients. They send a password only here, so the token is the access token that they sent as the password. Other
 * clients, and Ollama, which signs its request with a key that this hub does not know, get a token without rights.
 */
@Injectable()
export class RegistryTokens {
  constructor(
    @Inject(CALLER_DIRECTORY) private readonly directory: CallerDirectory,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * @param address - IP address of the client
   * @throws HubError `Unauthorized` for an unknown access token
   */
  async issue(accessToken: string | undefined, address: string): Promise<RegistryToken> {
    if (accessToken !== undefined && (await this.directory.findCaller(accessToken, address)) === undefined)
      throw new HubError('Unauthorized', BAD_CREDENTIALS_MESSAGE);
    const token = accessToken ?? ANONYMOUS_TOKEN;
    return { token, access_token: token, expires_in: SECONDS, issued_at: this.clock().toISOString() };
  }
}
