import { Inject, Injectable } from '@nestjs/common';
import type { Caller } from '../domain/caller.js';
import { lookupName } from '../domain/lookup-key.js';
import { typeOfFolder } from '../domain/urls.js';
import { CLOCK, type Clock } from '../platform/config/clock.js';
import { newAccessToken } from './accounts.service.js';
import { credentialHash } from './callers.service.js';
import { IdTokens } from './id-tokens.service.js';
import { oauthError } from './oauth-error.js';
import { matchesClaims, type Claims } from './publisher-claims.js';
import { TrustedPublisherStore } from './trusted-publisher.store.js';

/** Lifetime of the tokens of trusted publishers. */
export const PUBLISHER_TOKEN_SECONDS = 3600;

const MAX_SUBJECT = 500;

/** A token for one repository. */
export interface ExchangedToken {
  readonly accessToken: string;
  readonly readOnly: boolean;
}

/** Exchanges ID tokens of CI jobs for tokens of one repository (RFC 8693), if a trusted publisher of the repository has their claims. */
@Injectable()
export class PublisherTokens {
  constructor(
    private readonly idTokens: IdTokens,
    private readonly publishers: TrustedPublisherStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * @param resource - `namespace/name` of a model, or with a folder before it, as `datasets/namespace/name`
   * @param by - the caller without an account
   * @throws HubError in the format of OAuth. A repository that does not exist looks like one without the publisher
   */
  async exchange(idToken: string, resource: string, by: Caller): Promise<ExchangedToken> {
    const key = lookupKeyOf(resource);
    const { issuer, claims } = await this.idTokens.verify(idToken);
    const repository = await this.publishers.findRepository(key);
    const candidates = repository ? await this.publishers.list(repository.id) : [];
    const matching = candidates.filter(
      (candidate) => candidate.issuer === issuer && matchesClaims(candidate.claims, claims),
    );
    const publisher = matching.find(({ readOnly }) => !readOnly) ?? matching[0];
    if (!repository || !publisher) throw noPublisher(resource, issuer, claims);
    const now = this.clock();
    if (!(await this.publishers.claim(idOf(issuer, idToken, claims), new Date((claims.exp! + 120) * 1000), now)))
      throw oauthError('invalid_grant', 'This ID token was already exchanged. Request a new one for each exchange.');
    const accessToken = newAccessToken();
    const expiresAt = new Date(now.getTime() + PUBLISHER_TOKEN_SECONDS * 1000);
    const subject = claims.sub!.slice(0, MAX_SUBJECT);
    const hash = credentialHash(accessToken);
    await this.publishers.issue({ publisher, ownerId: repository.ownerId, subject, hash, expiresAt }, { now, by });
    return { accessToken, readOnly: publisher.readOnly };
  }
}

/** Tokens without `jti` are identified by their content without the signature, which some algorithms create again each time. */
const idOf = (issuer: string, idToken: string, { jti }: Claims): string =>
  credentialHash(JSON.stringify([issuer, jti ?? idToken.slice(0, idToken.lastIndexOf('.'))]));

function lookupKeyOf(resource: string): string {
  const parts = resource.split('/').filter((part) => part !== '');
  const [folder, ...name] = parts.length === 3 ? parts : ['models', ...parts];
  const type = typeOfFolder(folder!);
  if (type !== undefined && name.length === 2) return `${type}:${lookupName(name.join('/'))}`;
  throw oauthError(
    'invalid_target',
    'The resource has to be a repository of this hub, such as acme/bert or datasets/acme/squad. Tokens for users cannot be exchanged.',
  );
}

/** Claims that are shown, so that owners can compare them with the settings of the repository. */
const SHOWN_CLAIMS = ['sub', 'repository', 'ref', 'environment', 'project_path', 'ref_type'];
const MAX_SHOWN = 200;

function noPublisher(resource: string, issuer: string, claims: Claims): Error {
  const shown = SHOWN_CLAIMS.filter((name) => typeof claims[name] === 'string').map(
    (name) => `${name}=${(claims[name] as string).slice(0, MAX_SHOWN)}`,
  );
  return oauthError(
    'invalid_grant',
    `"${resource.slice(0, MAX_SHOWN)}" has no trusted publisher for this ID token: ${[`iss=${issuer}`, ...shown].join(', ')}. Add one in the settings of the repository.`,
  );
}
