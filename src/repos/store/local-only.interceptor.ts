import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { catchError, from, mergeMap, throwError, type Observable } from 'rxjs';
import { HubError } from '../../domain/hub-error.js';
import { repoFullName, type RepoId } from '../../domain/repo-id.js';
import { FallbackResolver } from '../../fallback/resolver/fallback.resolver.js';
import type { RequestContext } from '../../fallback/resolver/fallback-request.js';
import { contextOf } from '../../fallback/resolver/request-context.decorator.js';
import type { HubRequest } from '../../platform/http/hub-request.js';
import { RepoAccessService } from './repo-access.service.js';

/**
 * For operations on local repositories: the error for a repository that only a source has names the source, instead of "not found". Sources
 * are queried only after the operation has found no local repository.
 */
@Injectable()
export class LocalOnlyInterceptor implements NestInterceptor {
  constructor(
    private readonly access: RepoAccessService,
    private readonly resolver: FallbackResolver,
  ) {}

  intercept(execution: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(
      catchError((error: unknown) => {
        const isMissing = error instanceof HubError && error.code === 'RepoNotFound';
        const { repo } = execution.switchToHttp().getRequest<HubRequest>();
        if (!isMissing || !repo) throw error;
        return from(this.refusal(repo, contextOf(execution))).pipe(
          mergeMap((refusal) => throwError(() => refusal ?? error)),
        );
      }),
    );
  }

  /** @throws HubError of the sources, and for a local repository that is hidden from the caller */
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
