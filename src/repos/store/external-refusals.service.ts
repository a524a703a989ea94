import { Injectable } from '@nestjs/common';
import { HubError } from '../../domain/hub-error.js';
import { repoFullName, type RepoId } from '../../domain/repo-id.js';
import type { RequestContext } from '../../fallback/resolver/fallback-request.js';
import { FallbackResolver } from '../../fallback/resolver/fallback.resolver.js';
import { RepoAccessService } from './repo-access.service.js';

/**
 * For operations on local repositories: the error for a repository that only a source has names the source, instead of "not found". Sources
 * are queried only after the operation has found no local repository.
 */
@Injectable()
export class ExternalRefusals {
  constructor(
    private readonly access: RepoAccessService,
    private readonly resolver: FallbackResolver,
  ) {}

  /**
   * The error to report instead of an error of an operation.
   *
   * @throws HubError of the sources, and for a local repository that is hidden from the caller
   */
  async explain(error: unknown, repo: RepoId | undefined, context: () => RequestContext): Promise<unknown> {
    const isMissing = error instanceof HubError && error.code === 'RepoNotFound';
    return isMissing && repo ? ((await this.refusal(repo, context())) ?? error) : error;
  }

  private async refusal(repo: RepoId, context: RequestContext): Promise<HubError | undefined> {
    if (await this.access.find(repo, context.caller)) return undefined;
    const external = await this.resolver.resolve({ ...context, operation: { kind: 'info', repo, query: [] } });
    if (!external) return undefined;
    const { name, url } = external.source;
    return new HubError(
      'NotImplemented',
      `The ${repo.type} "${repoFullName(repo)}" belongs to the source "${name}", and this hub has no account there. Send this request to ${url}.`,
    );
  }
}
