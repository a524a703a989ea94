import { Injectable } from '@nestjs/common';
import { validateSettings } from '../fallback/sources/validate-setting.js';
import { DraftTokensService } from '../fallback/sources/draft-tokens.service.js';
import { sourceOf } from '../fallback/sources/source-record.js';
import { ChainDryRun, type DraftSource } from '../fallback/resolver/chain-dry-run.service.js';
import { FallbackResolver } from '../fallback/resolver/fallback.resolver.js';
import type { Attempt } from '../domain/attempt.js';
import { ANONYMOUS, type Caller } from '../domain/caller.js';
import type { AnyOperation, Operation, ProfileOperation } from '../domain/operation.js';
import { unexpectedReply } from '../domain/unexpected-reply.js';
import { repoFullName } from '../domain/repo-id.js';
import type { Source, SourceSecrets } from '../domain/source.js';
import { endsWalk } from '../fallback/resolver/walk-chain.js';
import { redactSecrets } from '../fallback/upstream/source-credentials.js';
import { SourceTokens } from '../fallback/upstream/source-tokens.js';
import { CredentialCheck } from '../platform/http/credential-check.service.js';
import { RepoAdminService, type LocalRepoState } from '../repos/management/repo-admin.service.js';
import { AccountsService } from '../users/accounts.service.js';
import type { AttemptDto, DryRunDto } from './dto/dry-run.dto.js';
import type { DryRunRequestDto } from './dto/dry-run-request.dto.js';
import { DryRunDelivery } from './dry-run-delivery.service.js';
import { toOperation } from './dry-run-operation.js';

/** Runs the chain without side effects, with the stored sources or a draft of others. */
@Injectable()
export class DryRunService {
  private draftCount = 0;

  constructor(
    private readonly chain: ChainDryRun,
    private readonly resolver: FallbackResolver,
    private readonly draftTokens: DraftTokensService,
    private readonly tokens: SourceTokens,
    private readonly repositories: RepoAdminService,
    private readonly accounts: AccountsService,
    private readonly credentials: CredentialCheck,
    private readonly delivery: DryRunDelivery,
  ) {}

  /** @throws HubError `BadRequest` */
  async run(request: DryRunRequestDto): Promise<DryRunDto> {
    const operation = toOperation(request);
    const { namespace = '', name, revision = '', file_path = '', paths = [] } = request;
    await this.credentials.checkTexts([namespace, name, revision, file_path, ...paths], { isAdministrator: true });
    const sources = request.sources && this.draftsOf(request.sources);
    const caller = callerFor(request.as_username);
    const [dryRun, fallback, local] = await Promise.all([
      this.chain.run({ operation, sources, caller }),
      this.resolver.status(operation, caller),
      this.localState(operation),
    ]);
    const drafts = new Map(sources?.map(({ source, secrets }) => [source.key, secrets]));
    const { chosen } = dryRun;
    const isFile = chosen && 'repo' in operation;
    const deliveries = isFile ? await this.delivery.report(chosen, operation) : [];
    const download = isFile && this.delivery.download(chosen, operation, deliveries);
    const { status, code = null, message = null } = download || dryRun.final;
    const secretsOf = (source: Source): SourceSecrets => drafts.get(source.key) ?? this.tokens.secretsOf(source);
    const usedSecrets = dryRun.attempts.map(({ source }) => secretsOf(source));
    return {
      op: request.op,
      repo_id: 'repo' in operation ? repoFullName(operation.repo) : operation.name,
      local,
      may_ask: fallback.isAllowed,
      reason: fallback.reason ?? null,
      bound_to: fallback.bound?.name ?? null,
      attempts: dryRun.attempts.map((attempt) => toAttemptDto(attempt, operation, secretsOf(attempt.source))),
      would_bind: chosen?.source.name ?? null,
      deliveries,
      final: { status, code, message: usedSecrets.reduce<string | null>(withoutSecrets, message) },
      ms: dryRun.ms,
    };
  }

  private async localState(operation: Operation | ProfileOperation): Promise<LocalRepoState> {
    if ('repo' in operation) return this.repositories.stateOf(operation.repo);
    return (await this.accounts.find(operation.name)) ? 'public' : 'absent';
  }

  /** Each draft source gets a unique key, so that no two dry runs share a token or circuit breaker. */
  private draftsOf(input: unknown): DraftSource[] {
    return validateSettings(input).map((setting) => {
      const opened = this.draftTokens.secretsFor(setting);
      return { source: sourceOf(`draft:${++this.draftCount}`, setting, opened), secrets: opened.secrets };
    });
  }
}

/** Does not check that the account exists: any name stands for a signed-in user. */
const callerFor = (name: string | undefined): Caller =>
  name ? { accountId: `simulated:${name}`, name, role: 'read' } : ANONYMOUS;

/** Sources may echo the request, so their credentials are removed from messages. */
const withoutSecrets = (text: string | null, secrets: SourceSecrets): string | null =>
  text === null ? null : redactSecrets(text, secrets);

function messageOf({ outcome, verdict, problem }: Attempt, { kind }: AnyOperation): string | null {
  if (problem !== undefined) return problem;
  if (outcome.kind === 'reply' && outcome.status < 400 && verdict === 'next')
    return unexpectedReply(kind, outcome.status);
  return outcome.message ?? (outcome.kind === 'reply' ? (outcome.headers['x-error-message'] ?? null) : null);
}

const toAttemptDto = (attempt: Attempt, operation: AnyOperation, secrets: SourceSecrets): AttemptDto => ({
  source: attempt.source.name,
  source_url: attempt.source.url,
  source_type: attempt.source.type,
  method: attempt.method,
  path: attempt.path,
  status: attempt.outcome.status ?? null,
  category: attempt.category,
  verdict: endsWalk(attempt.source, attempt) ? 'propagate' : attempt.verdict,
  ms: attempt.ms,
  message: withoutSecrets(messageOf(attempt, operation), secrets),
});
