import type { Source, SourceSecrets } from '../../domain/source.js';
import type { Failure, Outcome, Reply } from '../../domain/upstream.js';
import { CredentialReports } from './credential-reports.js';
import {
  authorizationOf,
  isBadCredentials,
  isUnexplainedNotFound,
  isUnexplainedRefusal,
  withoutAuthorization,
} from './source-credentials.js';
import type { TokenCheck } from './harmless-probe.js';
import type { SourceGate } from './source-gate.js';
import type { SourceTokens } from './source-tokens.js';

/** The outcome instead of a "not found" that cannot be trusted. */
const UNCHECKED: Failure = {
  kind: 'failure',
  category: 'unavailable',
  message: 'It does not have what was requested, but could not be asked whether its token is valid',
  retryAfter: 5,
};

/** Sends a request with the credentials of a source, or without them if the source does not accept them. */
export class TokenUse {
  private readonly reports = new CredentialReports();

  constructor(private readonly tokens: SourceTokens) {}

  /** A request whose token or password is rejected is sent again without it, as are all requests for some minutes. */
  async send(source: Source, gate: SourceGate, sendAs: (secrets: SourceSecrets) => Promise<Outcome>): Promise<Outcome> {
    const secrets = this.tokens.secretsOf(source);
    const authorization = authorizationOf(secrets);
    if (!authorization) return sendAs(secrets);
    const usesPassword = secrets.token === undefined;
    const rejected = { tokenRejected: true, usesPassword };
    if (await gate.tokenGate.admits(authorization)) {
      const outcome = await sendAs(secrets);
      if (!isBadCredentials(outcome)) {
        noteUse(gate, outcome, authorization);
        if (isUnexplainedNotFound(outcome) && !usesPassword)
          return this.confirmed(outcome, source, gate, authorization);
        if (!isUnexplainedRefusal(outcome)) return outcome;
        this.reports.refusal(source, gate, usesPassword);
        return { ...outcome, ...rejected };
      }
      this.reports.rejection(source, gate, { authorization, usesPassword });
    }
    return { ...(await sendAs(withoutAuthorization(secrets))), ...rejected };
  }

  /** Asks the source whether it accepts its credentials, unless that is known from the last five minutes. No client's request waits for it. */
  async check(source: Source, gate: SourceGate): Promise<TokenCheck> {
    const authorization = authorizationOf(this.tokens.secretsOf(source));
    if (authorization === undefined || !gate.isFree) return 'failed';
    const state = await gate.tokenGate.stateOf(authorization);
    this.note(source, gate, state);
    return state;
  }

  /** The source has been asked about its credentials. */
  note(source: Source, gate: SourceGate, state: TokenCheck): void {
    const secrets = this.tokens.secretsOf(source);
    const authorization = authorizationOf(secrets);
    if (authorization === undefined) return;
    if (state === 'valid') {
      gate.tokenGate.confirm(authorization);
      gate.health.token = 'accepted';
    }
    if (state === 'rejected')
      this.reports.rejection(source, gate, { authorization, usesPassword: !secrets.token, byCheck: true });
  }

  /**
   * A "not found" is trusted only if the source accepts the token (invariant 9): a hub that treats an unknown token like none does not show
   * private repositories. A source that cannot answer this is trusted.
   */
  private async confirmed(outcome: Reply, source: Source, gate: SourceGate, authorization: string): Promise<Outcome> {
    const state = await gate.tokenGate.stateOf(authorization);
    this.note(source, gate, state);
    if (state === 'failed') return UNCHECKED;
    return state === 'rejected' ? { ...outcome, tokenRejected: true, usesPassword: false } : outcome;
  }
}

/** A served request does not show that the token is accepted, since it may be about something public. */
function noteUse({ tokenGate, health }: SourceGate, outcome: Outcome, authorization: string): void {
  if (outcome.kind !== 'reply' || outcome.status >= 400) return;
  if (tokenGate.accept(authorization)) health.token = 'accepted';
  else if (health.token === 'refused') health.token = 'none';
}
