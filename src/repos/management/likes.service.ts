import { Injectable } from '@nestjs/common';
import { REPO_NOT_FOUND_MESSAGE } from '../../domain/choose-failure.js';
import { HubError } from '../../domain/hub-error.js';
import { repoFullName, type RepoId } from '../../domain/repo-id.js';
import { requirePermission, requireSignedIn } from '../../domain/require-caller.js';
import type { RequestContext } from '../../fallback/resolver/fallback-request.js';
import { FallbackResolver } from '../../fallback/resolver/fallback.resolver.js';
import { LikeStore } from '../store/like.store.js';
import type { LocalRepo } from '../store/local-repo.js';
import { RepoAccessService } from '../store/repo-access.service.js';

/** Whether the caller likes a repository, and how many users do. */
export interface LikeState {
  readonly liked: boolean;
  readonly likes: number;
}

/** Likes of local repositories. */
@Injectable()
export class LikesService {
  constructor(
    private readonly access: RepoAccessService,
    private readonly likes: LikeStore,
    private readonly resolver: FallbackResolver,
  ) {}

  /** @throws HubError `NotImplemented` for an external repository, `RepoNotFound`, as `RepoAccessService.find` */
  async get(repo: RepoId, context: RequestContext): Promise<LikeState> {
    return this.stateOf(await this.local(repo, context), context);
  }

  /** @throws HubError as `get` */
  async set(repo: RepoId, liked: boolean, context: RequestContext): Promise<LikeState> {
    const { accountId } = requirePermission(context.caller, 'discussion.write');
    const { id } = await this.local(repo, context);
    await (liked ? this.likes.add(id, accountId) : this.likes.remove(id, accountId));
    return this.get(repo, context);
  }

  private async stateOf({ id, likes }: LocalRepo, { caller }: RequestContext): Promise<LikeState> {
    return { liked: await this.likes.has(id, requireSignedIn(caller).accountId), likes };
  }

  private async local(repo: RepoId, context: RequestContext): Promise<LocalRepo> {
    const found = await this.access.find(repo, context.caller);
    if (found) return found;
    const external = await this.resolver.resolve({ ...context, operation: { kind: 'info', repo, query: [] } });
    if (!external) throw new HubError('RepoNotFound', REPO_NOT_FOUND_MESSAGE);
    const { name, url } = external.source;
    throw new HubError(
      'NotImplemented',
      `The ${repo.type} "${repoFullName(repo)}" belongs to the source "${name}", and this hub has no account there. Like it at ${url}.`,
    );
  }
}
