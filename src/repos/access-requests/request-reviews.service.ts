import { Inject, Injectable } from '@nestjs/common';
import type { Caller } from '../../domain/caller.js';
import { HubError } from '../../domain/hub-error.js';
import type { RepoId } from '../../domain/repo-id.js';
import { requireSignedIn } from '../../domain/require-caller.js';
import { AuditLog } from '../../platform/audit/audit-log.service.js';
import { CLOCK, type Clock } from '../../platform/config/clock.js';
import type { AccountEntity } from '../../users/account.entity.js';
import { AccountStore } from '../../users/account.store.js';
import { MembershipStore } from '../../users/membership.store.js';
import { AccessRequestStore, type RequestDecision } from '../store/access-request.store.js';
import type { RequestStatus } from '../store/content-gate.js';
import type { LocalRepo } from '../store/local-repo.js';
import { RepoAccessService } from '../store/repo-access.service.js';
import { AccessRequestListStore, type AccessRequestPage, type RequestEntry } from './access-request-list.store.js';
import { notGated } from './access-requests.service.js';
import type { BatchItemDto } from './dto/access-request.dto.js';
import type { BatchDecisionDto, DecisionDto, RequestOfDto } from './dto/decision.dto.js';

/** The message of huggingface.co if there is no request, or it already has the status. */
const NO_REQUEST = 'No access request found matching your criteria';

/** Reviews of access requests by the authors of a repository: all callers who may write to it. */
@Injectable()
export class RequestReviews {
  constructor(
    private readonly access: RepoAccessService,
    private readonly accounts: AccountStore,
    private readonly memberships: MembershipStore,
    private readonly requests: AccessRequestStore,
    private readonly lists: AccessRequestListStore,
    private readonly audit: AuditLog,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * A page of requests. They are kept, and listed, while the gate is off.
   *
   * @throws HubError as `RepoAccessService.writable`; `BadRequest` if the repository is not gated and has none
   */
  async page(repo: RepoId, page: Omit<AccessRequestPage, 'repositoryId'>, caller: Caller): Promise<RequestEntry[]> {
    const repository = await this.access.reviewable(repo, caller);
    const { id: repositoryId, gated } = repository;
    if (gated === false && !(await this.requests.hasAny(repositoryId))) throw notGated(repository);
    return this.lists.page({ ...page, repositoryId });
  }

  /** @throws HubError as `page`; `NotFound` if the user does not exist or has no request with another status */
  async decide(repo: RepoId, body: DecisionDto, caller: Caller): Promise<void> {
    const { id: repositoryId } = await this.gatedRepo(repo, caller);
    const user = await this.user(body);
    const isDecided = await this.decideFor(caller, { repositoryId, user }, this.decision(body, caller));
    if (!isDecided) throw new HubError('NotFound', NO_REQUEST);
  }

  /**
   * Decides several requests. One that already has the status counts as decided.
   *
   * @throws HubError as `page`; problems of single requests are in the result
   */
  async decideAll(repo: RepoId, body: BatchDecisionDto, caller: Caller): Promise<BatchItemDto[]> {
    const { id } = await this.gatedRepo(repo, caller);
    const decision = this.decision(body, caller);
    for (const named of body.requests) requireOneName(named); // before any of them is decided
    const results: BatchItemDto[] = [];
    for (const { user, userId } of body.requests) {
      const error = await this.decideOne(id, { user, userId }, { decision, caller });
      const named = { ...(user && { user }), ...(userId && { userId }) };
      results.push({ ...named, ok: error === undefined, ...(error && { error }) });
    }
    return results;
  }

  /**
   * Lets a user read the content without a request.
   *
   * @throws HubError as `page`; `NotFound` if the user does not exist, `BadRequest` if they have access
   */
  async grant(repo: RepoId, body: RequestOfDto, caller: Caller): Promise<void> {
    const { id: repositoryId, ownerId } = await this.gatedRepo(repo, caller);
    const { id: accountId, name } = await this.user(body);
    const hasAccess =
      accountId === ownerId ||
      (await this.memberships.roleIn(ownerId, accountId)) !== undefined ||
      (await this.requests.find(repositoryId, accountId))?.status === 'accepted';
    if (hasAccess) throw new HubError('BadRequest', 'That user already has access to the repo');
    const by = requireSignedIn(caller).accountId;
    await this.audit.act(
      caller,
      (m) => this.requests.grant(m, { repositoryId, accountId }, by, this.clock()),
      () => ({ action: 'repo.grant_access', repositoryId, object: name }),
    );
  }

  private async gatedRepo(repo: RepoId, caller: Caller): Promise<LocalRepo> {
    const repository = await this.access.writable(repo, caller);
    if (repository.gated === false) throw notGated(repository);
    return repository;
  }

  private async decideOne(
    repositoryId: number,
    of: RequestOfDto,
    { decision, caller }: { readonly decision: RequestDecision; readonly caller: Caller },
  ): Promise<BatchItemDto['error'] | undefined> {
    const account = await this.findUser(of);
    if (!account) return 'user_not_found';
    if (await this.decideFor(caller, { repositoryId, user: account }, decision)) return undefined;
    return (await this.requests.find(repositoryId, account.id)) ? undefined : 'request_not_found';
  }

  private decideFor(
    caller: Caller,
    { repositoryId, user }: { readonly repositoryId: number; readonly user: AccountEntity },
    decision: RequestDecision,
  ): Promise<boolean> {
    const { status } = decision;
    return this.audit.act(
      caller,
      (m) => this.requests.decide(m, { repositoryId, accountId: user.id }, decision),
      (isDecided) =>
        isDecided
          ? { action: 'repo.handle_access_request', repositoryId, object: user.name, data: { status } }
          : undefined,
    );
  }

  private async user(of: RequestOfDto): Promise<AccountEntity> {
    const account = await this.findUser(of);
    if (!account) throw new HubError('NotFound', 'User not found');
    return account;
  }

  /** @throws HubError as `requireOneName` */
  private async findUser(named: RequestOfDto): Promise<AccountEntity | null> {
    requireOneName(named);
    const { user, userId } = named;
    const account = typeof user === 'string' ? await this.accounts.find(user) : await this.accountById(userId!);
    return account?.kind === 'user' ? account : null;
  }

  private async accountById(userId: string): Promise<AccountEntity | null> {
    const id = Number.parseInt(userId, 16);
    return id <= 2_147_483_647 ? this.accounts.byId(id) : null;
  }

  /** @throws HubError `BadRequest` for a reason that does not belong to the status */
  private decision(body: Omit<BatchDecisionDto, 'requests'>, caller: Caller): RequestDecision {
    const { status, rejectionReason, resetReason } = body;
    requireReasonFor(status, { rejected: rejectionReason, reset: resetReason });
    const reason = rejectionReason ?? resetReason ?? null;
    return { status, reason: reason || null, by: requireSignedIn(caller).accountId, at: this.clock() };
  }
}

/** @throws HubError `BadRequest` unless exactly one of name and id is given */
function requireOneName({ user, userId }: RequestOfDto): void {
  if ((typeof user === 'string') === (typeof userId === 'string'))
    throw new HubError('BadRequest', 'Either userId or user must be provided, but not both.');
}

function requireReasonFor(
  status: RequestStatus,
  reasons: Readonly<Record<'rejected' | 'reset', string | null | undefined>>,
): void {
  const wrong = (['rejected', 'reset'] as const).find((state) => reasons[state] && state !== status);
  if (wrong === undefined) return;
  const message = `The status is "${status}", but a reason was sent for the status "${wrong}". Omit the reason, or set the status to "${wrong}".`;
  throw new HubError('BadRequest', message);
}
