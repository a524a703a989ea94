import { Injectable } from '@nestjs/common';
import type { Caller } from '../../domain/caller.js';
import { REPO_NOT_FOUND_MESSAGE } from '../../domain/choose-failure.js';
import { HubError } from '../../domain/hub-error.js';
import type { RepoId } from '../../domain/repo-id.js';
import { sourceHeaders } from '../../domain/tag-source.js';
import type { RequestContext } from '../../fallback/resolver/fallback-request.js';
import { FallbackMetrics } from '../../fallback/resolver/fallback-metrics.service.js';
import { FallbackResolver } from '../../fallback/resolver/fallback.resolver.js';
import { RepoAccessService } from '../store/repo-access.service.js';

/** Checks callers' access to repositories, for the clients' `auth_check`. */
@Injectable()
export class AccessChecksService {
  constructor(
    private readonly access: RepoAccessService,
    private readonly resolver: FallbackResolver,
    private readonly metrics: FallbackMetrics,
  ) {}

  /**
   * Checks read access. An external repository is requested from its source.
   *
   * @returns the headers of the response, which name the source
   * @throws HubError `RepoNotFound`, or the strongest error of the sources
   */
  async checkRead(repo: RepoId, context: RequestContext): Promise<Readonly<Record<string, string>>> {
    if (await this.access.find(repo, context.caller)) return {};
    const operation = { kind: 'info', repo, query: [] } as const;
    const resolved = await this.metrics.count('info', () => this.resolver.resolve({ ...context, operation }));
    if (!resolved) throw new HubError('RepoNotFound', REPO_NOT_FOUND_MESSAGE);
    return sourceHeaders(resolved.source, resolved.reply);
  }

  /**
   * Checks write access, which callers only have to local repositories.
   *
   * @throws HubError `RepoNotFound`, `Unauthorized`, `Forbidden`
   */
  async checkWrite(repo: RepoId, caller: Caller): Promise<void> {
    await this.access.writable(repo, caller);
  }
}
