import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Caller } from '../../domain/caller.js';
import { HubError } from '../../domain/hub-error.js';
import type { UrlBuilder } from '../../domain/url-builder.js';
import { CLOCK, type Clock } from '../../platform/config/clock.js';
import type { OidcProvider } from '../../platform/config/hub-config.js';
import { AuditLog } from '../../platform/audit/audit-log.service.js';
import { SESSION_SECONDS } from '../../platform/http/session-cookie.js';
import { CallersService, credentialHash } from '../callers.service.js';
import { SignInService } from '../sign-in.service.js';
import { ExternalAccounts, type ExternalSignIn } from './external-accounts.service.js';
import { ExternalSessionStore } from './external-session.store.js';
import { GroupMembershipStore } from './group-membership.store.js';
import { OidcClients } from './oidc-client.service.js';
import { safeNext } from './safe-next.js';
import { SignInFlows, type SignInFlow } from './sign-in-flows.service.js';
import { SignInProblem } from './sign-in-problem.js';
import { TokenExchange, type ConfirmedUser } from './token-exchange.service.js';

/** A sign-in that has been started. */
export interface StartedFlow {
  /** The page of the provider. */
  readonly url: string;
  readonly state: string;
  /** The value of the flow's cookie. */
  readonly sealed: string;
}

/** The purpose of a sign-in. */
export interface FlowTarget {
  /** The page to open afterwards. */
  readonly next?: unknown;
  /** The account that is to be linked. */
  readonly accountId?: number;
  /** The token of an invitation, which permits a new account. */
  readonly invitation?: unknown;
}

/** The redirect from the provider. */
export interface FlowReturn {
  readonly query: URLSearchParams;
  /** The cookies of the flow that the browser has. */
  readonly sealed: readonly string[];
  readonly caller: Caller;
}

/** A finished sign-in. */
export interface FinishedFlow {
  /** The value of the new session cookie; undefined after linking. */
  readonly session?: string;
  readonly next: string;
}

/** The stores of what a sign-in changes. */
@Injectable()
export class ExternalUsers {
  constructor(
    readonly accounts: ExternalAccounts,
    readonly sessions: ExternalSessionStore,
    readonly groups: GroupMembershipStore,
    readonly audit: AuditLog,
  ) {}
}

/** It is stored in a cookie. */
const MAX_INVITATION = 100;

const random = (): string => randomBytes(32).toString('base64url');

/** Signs users in with OIDC providers, and links their accounts. */
@Injectable()
export class OidcSignIn {
  constructor(
    private readonly clients: OidcClients,
    private readonly flows: SignInFlows,
    private readonly exchange: TokenExchange,
    private readonly users: ExternalUsers,
    private readonly signIns: SignInService,
    private readonly callers: CallersService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * @param target - the page to open afterwards, and the account that is to be linked or the invitation that permits a new one
   * @throws HubError `NotFound`, `UpstreamUnavailable`
   */
  async start(id: string, urls: UrlBuilder, { next, accountId, invitation }: FlowTarget): Promise<StartedFlow> {
    const provider = this.clients.provider(id);
    const flow: SignInFlow = {
      provider: id,
      issuer: provider.issuer,
      state: random(),
      nonce: random(),
      verifier: random(),
      redirectUri: urls.url(`/api/auth/oidc/${id}/callback`),
      next: safeNext(next),
      ...(accountId !== undefined && { accountId }),
      ...(typeof invitation === 'string' && invitation.length <= MAX_INVITATION && { invitation }),
    };
    const url = await this.exchange.authorizationUrl(provider, flow);
    return { url: url.href, state: flow.state, sealed: this.flows.seal(flow) };
  }

  /** @throws SignInProblem; HubError `NotFound` */
  async finish(id: string, { query, sealed, caller }: FlowReturn): Promise<FinishedFlow> {
    const provider = this.clients.provider(id);
    const state = query.get('state') ?? '';
    const flow = sealed.map((text) => this.flows.open(text, provider.issuer, state)).find(Boolean);
    if (flow?.provider !== id) throw new SignInProblem('expired');
    if (flow.accountId !== undefined && caller.accountId !== String(flow.accountId))
      throw new SignInProblem('other-account');
    const user = await this.exchange.redeem(provider, flow, query);
    if (flow.accountId === undefined)
      return {
        session: await this.signIn(provider, { user, by: caller, invitation: flow.invitation }),
        next: flow.next,
      };
    const { accountId } = await this.users.accounts.link(provider, user, caller);
    await this.applyGroups(provider, accountId, user);
    return { next: flow.next };
  }

  /** The session before is not continued (session fixation), and ends. */
  private async signIn(provider: OidcProvider, external: ExternalSignIn): Promise<string> {
    const { user, by: caller } = external;
    const { id: identityId, accountId } = await this.accountOf(provider, external);
    const { name } = await this.users.accounts.account(accountId);
    await this.applyGroups(provider, accountId, user);
    const value = random();
    const now = this.clock();
    const session = {
      accountId,
      identityId,
      hash: credentialHash(value),
      now,
      expiresAt: new Date(now.getTime() + SESSION_SECONDS * 1000),
      providerSession: user.providerSession,
      idToken: this.flows.sealIdToken(user.idToken, provider.issuer),
      origin: caller.origin,
    };
    const isCreated = await this.users.audit.act(
      { origin: caller.origin, accountId: String(accountId), name },
      (m) => this.users.sessions.create(session, m),
      (created) =>
        created ? { action: 'user.sign_in', ownerId: accountId, data: { method: provider.id } } : undefined,
    );
    if (!isCreated) throw new SignInProblem('disabled');
    const { sessionId } = caller;
    if (sessionId !== undefined) await this.signIns.signOut({ accountId: Number(caller.accountId), sessionId }, caller);
    return value;
  }

  private async accountOf(provider: OidcProvider, { by: { origin }, ...external }: ExternalSignIn) {
    try {
      return await this.users.accounts.findOrCreate(provider, { ...external, by: { origin } });
    } catch (error) {
      if (error instanceof HubError) throw new SignInProblem('no-account', { cause: error });
      throw error;
    }
  }

  private async applyGroups(provider: OidcProvider, accountId: number, { groups }: ConfirmedUser): Promise<void> {
    if (groups === undefined) return;
    const changed = await this.users.groups.apply(provider, accountId, groups);
    if (changed) await this.callers.invalidate(accountId);
  }
}
