import { Injectable } from '@nestjs/common';
import type { RepoId } from '../../domain/repo-id.js';
import { requirePermission, requireSignedIn } from '../../domain/require-caller.js';
import type { RequestContext } from '../../fallback/resolver/fallback-request.js';
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
  ) {}

  /** @throws HubError as `RepoAccessService.readable` */
  async get(repo: RepoId, context: RequestContext): Promise<LikeState> {
    return this.stateOf(await this.access.readable(repo, context.caller), context);
  }

  /** @throws HubError as `get` */
  async set(repo: RepoId, liked: boolean, context: RequestContext): Promise<LikeState> {
    const { accountId } = requirePermission(context.caller, 'discussion.write');
    const { id } = await this.access.readable(repo, context.caller);
    await (liked ? this.likes.add(id, accountId) : this.likes.remove(id, accountId));
    return this.get(repo, context);
  }

  private async stateOf({ id, likes }: LocalRepo, { caller }: RequestContext): Promise<LikeState> {
    return { liked: await this.likes.has(id, requireSignedIn(caller).accountId), likes };
  }
}
