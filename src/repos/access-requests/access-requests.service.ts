import { Inject, Injectable } from '@nestjs/common';
import type { Caller } from '../../domain/caller.js';
import { gateForm, readAnswers } from '../../domain/gate-form.js';
import { HubError } from '../../domain/hub-error.js';
import { repoFullName, type RepoId } from '../../domain/repo-id.js';
import { requireFullAccess } from '../../domain/require-caller.js';
import { AuditLog } from '../../platform/audit/audit-log.service.js';
import { CLOCK, type Clock } from '../../platform/config/clock.js';
import { AccessRequestStore } from '../store/access-request.store.js';
import { gateError } from '../store/content-gate.js';
import { ContentGate } from '../store/content-gate.service.js';
import type { LocalRepo } from '../store/local-repo.js';
import { RepoAccessService } from '../store/repo-access.service.js';
import type { OwnAccessDto } from './dto/own-access.dto.js';
import { RepoStore } from '../store/repo.store.js';

/** Requests of users for access to gated repositories. */
@Injectable()
export class AccessRequestsService {
  constructor(
    private readonly access: RepoAccessService,
    private readonly repos: RepoStore,
    private readonly gate: ContentGate,
    private readonly requests: AccessRequestStore,
    private readonly audit: AuditLog,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws HubError as `RepoAccessService.readable` */
  async own(repo: RepoId, caller: Caller): Promise<OwnAccessDto> {
    const facts = await this.gate.factsOf(await this.access.readable(repo, caller), caller);
    const { status, reason } = facts;
    return { hasAccess: gateError(facts) === undefined, status, reason };
  }

  /**
   * Requests access, with the answers to the form of the card. Callers with access need none, and a request that is pending or was rejected is not changed, as
   * on huggingface.co.
   *
   * @throws HubError as `RepoAccessService.readable`, `Unauthorized`, `Forbidden` for a read-only token, `BadRequest` if the repository is not gated or answers
   * are missing
   */
  async ask(repo: RepoId, body: unknown, caller: Caller): Promise<LocalRepo> {
    const { accountId } = requireFullAccess(caller, 'request access to gated repositories');
    const repository = await this.access.readable(repo, caller);
    const { id: repositoryId, gated } = repository;
    if (gated === false) throw notGated(repository);
    if (await this.gate.isOpen(repository, caller)) return repository;
    const earlier = await this.requests.find(repositoryId, accountId);
    if (earlier && earlier.status !== 'reset') return repository;
    const { fields: form } = gateForm(await this.repos.cardData(repositoryId));
    const { answers, problems } = readAnswers(form, body);
    if (problems.length > 0)
      throw new HubError('BadRequest', problems.map(({ message }) => message).join(' '), { fields: problems });
    const fields = form.length === 0 ? null : answers;
    const status = gated === 'auto' ? 'accepted' : 'pending';
    const request = { repositoryId, accountId, status, fields, at: this.clock() } as const;
    await this.audit.act(
      caller,
      (m) => this.requests.add(m, request),
      (isAdded) => (isAdded ? { action: 'repo.request_access', repositoryId, data: { status } } : undefined),
    );
    return repository;
  }

  /**
   * Withdraws the caller's own pending request.
   *
   * @throws HubError as `ask`; `NotFound` without a pending request
   */
  async withdraw(repo: RepoId, caller: Caller): Promise<void> {
    const { accountId } = requireFullAccess(caller, 'withdraw requests for access');
    const { id: repositoryId } = await this.access.readable(repo, caller);
    const isWithdrawn = await this.audit.act(
      caller,
      (m) => this.requests.withdraw(m, { repositoryId, accountId }),
      (isDone) => (isDone ? { action: 'repo.cancel_access_request', repositoryId } : undefined),
    );
    if (!isWithdrawn) throw new HubError('NotFound', 'No pending access request found for this repo and this user');
  }
}

/** The error for requests of a repository that all callers may read. */
export const notGated = ({ repo }: LocalRepo): HubError =>
  new HubError(
    'BadRequest',
    `The ${repo.type} ${repoFullName(repo)} is not gated. Its authors can enable access requests in its settings.`,
  );
