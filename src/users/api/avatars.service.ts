import { Injectable } from '@nestjs/common';
import { PicturesResolver } from '../../fallback/resolver/pictures.resolver.js';
import type { Asking } from '../../fallback/resolver/question.js';
import type { AccountKind } from '../../domain/account.js';
import { HubError } from '../../domain/hub-error.js';
import { accountNotFound } from '../../domain/choose-failure.js';
import { LocalAvatarsService } from '../local-avatars.service.js';
import { AccountLookupService, type FoundAccount } from '../account-lookup.service.js';
import { AvatarEncoder, type AvatarImage } from '../avatar-encoder.service.js';

/** The pictures of people near and far. */
@Injectable()
export class AvatarsService {
  constructor(
    private readonly people: AccountLookupService,
    private readonly avatars: LocalAvatarsService,
    private readonly sources: PicturesResolver,
    private readonly pictures: AvatarEncoder,
  ) {}

  /**
   * A source's organization is shown too: who asks cannot know which it is.
   * @throws HubError `NotFound` where there is nobody or no picture, or what the sources said
   */
  async ofUser(name: string, asking: Asking): Promise<AvatarImage> {
    const somebody = await this.people.find(name, 'user', asking);
    if (somebody.local?.kind === 'organization') throw accountNotFound('user');
    return this.show('user', somebody, asking);
  }

  /** @throws HubError as `ofUser` */
  async ofOrganization(name: string, asking: Asking): Promise<AvatarImage> {
    return this.show('organization', await this.people.findOne('organization', name, asking), asking);
  }

  private async show(kind: AccountKind, { local, far }: FoundAccount, asking: Asking): Promise<AvatarImage> {
    const picture = local
      ? await this.avatars.of(local)
      : await this.sources.find(far, asking, (bytes) => this.pictures.encodeExternal(bytes));
    if (picture) return picture;
    throw new HubError('NotFound', `This ${kind} has no picture`);
  }
}
