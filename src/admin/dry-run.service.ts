import { Injectable } from '@nestjs/common';
import { acceptSettings } from '../fallback/sources/accept-setting.js';
import { DraftTokensService } from '../fallback/sources/draft-tokens.service.js';
import { sourceOf } from '../fallback/sources/source-record.js';
import { FallbackResolver } from '../fallback/resolver/fallback.resolver.js';
import type { Attempt } from '../domain/attempt.js';
import { ANONYMOUS, type Caller } from '../domain/caller.js';
import type { ProfileOperation } from '../domain/operation.js';
import type { Operation } from '../domain/operation.js';
import { repoFullName } from '../domain/repo-id.js';
import type { Source } from '../domain/source.js';
import { SourceTokens } from '../fallback/upstream/source-tokens.js';
import { RepoAdminService, type LocalRepoState } from '../repos/management/repo-admin.service.js';
import { AccountsService } from '../users/accounts.service.js';
import type { AttemptDto, DryRunDto } from './dto/dry-run.dto.js';
import type { DryRunRequestDto } from './dto/dry-run-request.dto.js';
import { toOperation } from './dry-run-operation.js';

interface Draft {
  readonly source: Source;
  readonly token?: string;
}

/** Rehearses the chain for the administrator, with the hub's sources or with a draft of others. */
@Injectable()
export class DryRunService {
  private drafts = 0;

  constructor(
    private readonly resolver: FallbackResolver,
    private readonly draftTokens: DraftTokensService,
    private readonly tokens: SourceTokens,
    private readonly repositories: RepoAdminService,
    private readonly accounts: AccountsService,
  ) {}

  /** @throws HubError BadRequest */
  async simulate(question: DryRunRequestDto): Promise<DryRunDto> {
    const operation = toOperation(question);
    const sources = question.sources && this.draftsOf(question.sources);
    const caller = callerNamed(question.as_username);
    const [rehearsal, standing, local] = await Promise.all([
      this.resolver.rehearse({ operation, sources, caller }),
      this.resolver.standing(operation, caller),
      this.ownState(operation),
    ]);
    const secrets = new Map(sources?.map(({ source, token }) => [source.key, token]));
    const { status, code = null, message = null } = rehearsal.final;
    const chosen = rehearsal.chosen?.source;
    const secretOf = (source: Source): string | undefined => secrets.get(source.key) ?? this.tokens.get(source);
    const all = rehearsal.attempts.map(({ source }) => secretOf(source));
    return {
      op: question.op,
      repo_id: 'repo' in operation ? repoFullName(operation.repo) : operation.name,
      ...{ local, may_ask: standing.mayAsk, bound_to: standing.bound?.name ?? null },
      attempts: rehearsal.attempts.map((attempt) => toAttemptDto(attempt, secretOf(attempt.source))),
      would_bind: chosen?.name ?? null,
      final: { status, code, message: all.reduce<string | null>(withoutSecret, message) },
      ms: rehearsal.ms,
    };
  }

  private async ownState(operation: Operation | ProfileOperation): Promise<LocalRepoState> {
    if ('repo' in operation) return this.repositories.stateOf(operation.repo);
    return (await this.accounts.find(operation.name)) ? 'public' : 'absent';
  }

  /** Every draft has a key of its own, so that no two rehearsals share a token or a breaker. */
  private draftsOf(input: unknown): Draft[] {
    return acceptSettings(input).map((setting) => {
      const token = this.draftTokens.tokenFor(setting);
      return { source: sourceOf(`draft:${++this.drafts}`, { ...setting, token: token ?? null }), token };
    });
  }
}

/** The room of accounts is not asked: whatever the name, its bearer is taken to be signed in. */
const callerNamed = (name: string | undefined): Caller =>
  name ? { accountId: `simulated:${name}`, name, role: 'read' } : ANONYMOUS;

/** A source may echo what it was sent; a token is shown to nobody. */
const withoutSecret = (text: string | null, secret: string | undefined): string | null =>
  text !== null && secret ? text.replaceAll(secret, '***') : text;

function wordsOf({ outcome }: Attempt): string | null {
  return outcome.message ?? (outcome.kind === 'reply' ? (outcome.headers['x-error-message'] ?? null) : null);
}

const toAttemptDto = (attempt: Attempt, secret: string | undefined): AttemptDto => ({
  source: attempt.source.name,
  source_url: attempt.source.url,
  source_type: attempt.source.type,
  method: attempt.method,
  path: attempt.path,
  status: attempt.outcome.status ?? null,
  category: attempt.category,
  verdict: attempt.verdict,
  ms: attempt.ms,
  message: withoutSecret(wordsOf(attempt), secret),
});
