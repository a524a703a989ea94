import { Injectable } from '@nestjs/common';
import { AvatarsResolver } from '../../fallback/resolver/avatars.resolver.js';
import type { RequestContext } from '../../fallback/resolver/fallback-request.js';
import type { AccountKind } from '../../domain/account.js';
import { HubError } from '../../domain/hub-error.js';
import { accountNotFound } from '../../domain/choose-failure.js';
import { sourceHeaders } from '../../domain/tag-source.js';
import { LocalAvatarsService } from '../local-avatars.service.js';
import { AccountLookupService, type FoundAccount } from '../account-lookup.service.js';
import { AvatarEncoder, type AvatarImage } from '../avatar-encoder.service.js';

/** An avatar, and the headers that name its source. */
export interface ServedAvatar {
  readonly image: AvatarImage;
  readonly headers: Readonly<Record<string, string>>;
}

/** Serves avatars of local and external accounts. */
@Injectable()
export class AvatarsService {
  constructor(
    private readonly accounts: AccountLookupService,
    private readonly localAvatars: LocalAvatarsService,
    private readonly sources: AvatarsResolver,
    private readonly encoder: AvatarEncoder,
  ) {}

  /** @throws HubError see `ofUser` */
  async ofAccount(name: string, context: RequestContext): Promise<ServedAvatar> {
    const account = await this.accounts.find(name, 'user', context);
    return this.load((account.local ?? account.external.account).kind, account, context);
  }

  /**
   * Also serves external organizations, since callers cannot know the kind of an external account.
   * @throws HubError `NotFound` without an account or avatar, or the error of the sources
   */
  async ofUser(name: string, context: RequestContext): Promise<ServedAvatar> {
    const account = await this.accounts.find(name, 'user', context);
    if (account.local?.kind === 'organization') throw accountNotFound('user');
    return this.load('user', account, context);
  }

  /** @throws HubError see `ofUser` */
  async ofOrganization(name: string, context: RequestContext): Promise<ServedAvatar> {
    return this.load('organization', await this.accounts.findOfKind('organization', name, context), context);
  }

  private async load(
    kind: AccountKind,
    { local, external }: FoundAccount,
    context: RequestContext,
  ): Promise<ServedAvatar> {
    if (local) {
      const image = await this.localAvatars.find(local);
      if (image) return { image, headers: {} };
    } else {
      const found = await this.sources.find(external, context, (bytes) => this.encoder.encodeExternal(bytes));
      if (found) return { image: found.image, headers: sourceHeaders(external.source, found.age) };
    }
    throw new HubError('NotFound', `This ${kind} has no avatar`);
  }
}
