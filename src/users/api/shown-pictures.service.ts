import { Injectable } from '@nestjs/common';
import { PicturesResolver } from '../../fallback/resolver/pictures.resolver.js';
import type { Asking } from '../../fallback/resolver/question.js';
import type { AccountKind } from '../../domain/account.js';
import { HubError } from '../../domain/hub-error.js';
import { accountNotFound } from '../../domain/choose-failure.js';
import { AvatarsService } from '../avatars.service.js';
import { PeopleService, type Somebody } from '../people.service.js';
import { PicturesService, type Picture } from '../pictures.service.js';

/** The pictures of people near and far. */
@Injectable()
export class ShownPictures {
  constructor(
    private readonly people: PeopleService,
    private readonly avatars: AvatarsService,
    private readonly sources: PicturesResolver,
    private readonly pictures: PicturesService,
  ) {}

  /**
   * A source's organization is shown too: who asks cannot know which it is.
   * @throws HubError `NotFound` where there is nobody or no picture, or what the sources said
   */
  async ofUser(name: string, asking: Asking): Promise<Picture> {
    const somebody = await this.people.find(name, 'user', asking);
    if (somebody.local?.kind === 'organization') throw accountNotFound('user');
    return this.show('user', somebody, asking);
  }

  /** @throws HubError as `ofUser` */
  async ofOrganization(name: string, asking: Asking): Promise<Picture> {
    return this.show('organization', await this.people.findOne('organization', name, asking), asking);
  }

  private async show(kind: AccountKind, { local, far }: Somebody, asking: Asking): Promise<Picture> {
    const picture = local
      ? await this.avatars.of(local)
      : await this.sources.find(far, asking, (bytes) => this.pictures.encodeFar(bytes));
    if (picture) return picture;
    throw new HubError('NotFound', `This ${kind} has no picture`);
  }
}
