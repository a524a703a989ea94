import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { hasAdminToken, type Caller, type TokenRole } from '../../domain/caller.js';
import { REPO_NOT_FOUND_MESSAGE } from '../../domain/choose-failure.js';
import { DISABLED_MESSAGE } from '../../domain/classify-reply.js';
import { HubError } from '../../domain/hub-error.js';
import { includesPermission, type Permission } from '../../domain/permissions.js';
import type { RepoId } from '../../domain/repo-id.js';
import { gateError, type GateFacts, type RequestStatus } from './content-gate.js';

/** For whom a link or token was created. It contains no credentials, and neither it nor its fields are secret. */
export interface AccessGrant {
  /** Database id of the repository, so that links stay valid when it is renamed. */
  readonly repository: number;
  /** The caller's account; missing for an anonymous caller. */
  readonly account?: number;
  /** The caller's access token or session. */
  readonly token?: number;
  readonly session?: number;
  /** Whether the caller had the admin token. */
  readonly admin?: true;
}

/** The caller that a link or token was created for, for the audit log: programs that use links send no credentials. */
export const holderOf = (caller: Caller, { account, token }: Pick<AccessGrant, 'account' | 'token'>): Caller => ({
  ...caller,
  ...(account !== undefined && { accountId: String(account) }),
  ...(token !== undefined && { tokenId: token }),
});

/** Grants access to a repository for this caller. */
export const grantFor = (repository: number, caller: Caller): AccessGrant => ({
  repository,
  ...callerOfGrant(caller),
});

const callerOfGrant = ({ accountId, tokenId, sessionId, ...caller }: Caller): Omit<AccessGrant, 'repository'> => ({
  ...(accountId !== undefined && { account: Number(accountId) }),
  ...(tokenId !== undefined && { token: tokenId }),
  ...(sessionId !== undefined && { session: sessionId }),
  ...(hasAdminToken(caller) && { admin: true }),
});

interface GrantState extends RepoId {
  readonly gated: 'auto' | 'manual' | null;
  /** Status and reason of the account's request for access. */
  readonly status: RequestStatus | null;
  readonly reason: string | null;
  readonly disabled: boolean;
  readonly private: boolean;
  /** Whether the account is active and its credential still exists. */
  readonly active: boolean;
  /** The account's role in the repository's namespace. */
  readonly role: 'read' | 'write' | 'admin' | null;
  readonly tokenRole: TokenRole | null;
  readonly canReadGatedRepos: boolean | null;
  /** Permissions of a fine-grained token for the repository. */
  readonly permissions: readonly Permission[];
}

/** Tokens that users have created do not expire. */
const UNEXPIRED = '(t.expires_at IS NULL OR t.expires_at > now())';

const STATE = `
  SELECT r.disabled_at IS NOT NULL AS disabled, r.private,
    ($3::integer IS NULL OR EXISTS (SELECT 1 FROM access_tokens t WHERE t.id = $3 AND t.account_id = a.id AND ${UNEXPIRED}))
      AND ($4::integer IS NULL OR EXISTS (SELECT 1 FROM sessions s WHERE s.id = $4 AND s.account_id = a.id AND s.expires_at > now()))
      AND ($2::integer IS NULL OR a.id IS NOT NULL) AS active,
    CASE WHEN a.id = r.owner_id THEN 'admin' ELSE m.role END AS role,
    r.type, r.namespace, r.name, r.gated, q.status, q.reason, t.role AS "tokenRole", t.can_read_gated AS "canReadGatedRepos",
    ARRAY(SELECT unnest(s.permissions) FROM token_scopes s
      WHERE s.token_id = t.id AND (s.repository_id = r.id OR s.account_id = r.owner_id)) AS permissions
  FROM repositories r
  LEFT JOIN accounts a ON a.id = $2 AND a.disabled_at IS NULL
  LEFT JOIN memberships m ON m.organization_id = r.owner_id AND m.user_id = a.id
  LEFT JOIN access_tokens t ON t.id = $3 AND t.account_id = a.id
  LEFT JOIN access_requests q ON q.repository_id = r.id AND q.account_id = a.id AND r.gated IS NOT NULL
  WHERE r.id = $1`;

const ACTIVE = `
  SELECT ($1::integer IS NULL OR EXISTS (SELECT 1 FROM accounts a WHERE a.id = $1 AND a.disabled_at IS NULL))
    AND ($2::integer IS NULL OR EXISTS (SELECT 1 FROM access_tokens t WHERE t.id = $2 AND t.account_id = $1 AND ${UNEXPIRED}))
    AND ($3::integer IS NULL OR EXISTS (SELECT 1 FROM sessions s WHERE s.id = $3 AND s.account_id = $1 AND s.expires_at > now())) AS active`;

/**
 * Checks access again when a link or token is used: the repository, the account and its credential may have been disabled, deleted or
 * revoked since it was created.
 */
@Injectable()
export class AccessGrants {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /**
   * @param inactive - the error if the account or its credential is no longer valid: `Unauthorized` for a bearer token
   * @throws HubError `RepoNotFound` if the repository is deleted or hidden from the caller, `Disabled`, `GatedRepo`, `Forbidden`, `inactive`
   */
  async check(
    grant: AccessGrant,
    need: 'read' | 'write',
    inactive: 'Forbidden' | 'Unauthorized' = 'Forbidden',
  ): Promise<void> {
    const { repository, account = null, token = null, session = null } = grant;
    const [found] = await this.database.query<GrantState[]>(STATE, [repository, account, token, session]);
    const state = found && withinToken(found, need);
    if (!state || (state.private && state.role === null)) throw new HubError('RepoNotFound', REPO_NOT_FOUND_MESSAGE);
    if (state.disabled) throw new HubError('Disabled', DISABLED_MESSAGE);
    if (!state.active) throw new HubError(inactive, INACTIVE_MESSAGE);
    const refused = gateError(gateFacts(state, grant));
    if (refused) throw refused;
    if (need === 'write' && state.role !== 'write' && state.role !== 'admin')
      throw new HubError('Forbidden', 'You no longer have write access to this repository.');
  }

  /**
   * Checks the caller of a token for a repository of a source.
   *
   * @throws HubError `Unauthorized` if the account or its credential is no longer valid
   */
  async checkCaller(grant: Omit<AccessGrant, 'repository'>): Promise<void> {
    const { account = null, token = null, session = null } = grant;
    const [state] = await this.database.query<{ active: boolean }[]>(ACTIVE, [account, token, session]);
    if (!state!.active) throw new HubError('Unauthorized', INACTIVE_MESSAGE);
  }
}

/** Removes the rights of the account that its fine-grained token does not have. */
function withinToken(state: GrantState, need: 'read' | 'write'): GrantState {
  if (state.tokenRole !== 'fineGrained') return state;
  const mayRead = includesPermission(state.permissions, 'repo.content.read');
  const mayWrite = need === 'read' || includesPermission(state.permissions, 'repo.write');
  const role = mayRead ? (mayWrite ? state.role : state.role && 'read') : null;
  return { ...state, role, status: mayRead || state.canReadGatedRepos === true ? state.status : null };
}

const gateFacts = ({ type, namespace, name, ...state }: GrantState, grant: AccessGrant): GateFacts => ({
  repo: { type, namespace, name },
  gated: state.gated ?? false,
  isInsider: grant.admin === true || state.role !== null,
  isSignedIn: grant.account !== undefined,
  status: state.status,
  reason: state.reason,
});

const INACTIVE_MESSAGE =
  'The account or access token for which this link or token was created is no longer valid. Sign in and request a new one.';
