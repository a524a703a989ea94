import { Controller, Header } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Caller } from '../../domain/caller.js';
import type { UrlBuilder } from '../../domain/url-builder.js';
import { CurrentCaller, Urls } from '../../platform/http/repo.decorator.js';
import { WhoamiService } from '../whoami.service.js';
import { localAvatars } from './avatar-urls.js';
import { WhoamiDto } from './dto/whoami.dto.js';
import { toWhoami } from './identity-mapper.js';
import { Route } from '../../platform/http/route.decorator.js';

/** The caller's identity, for clients of the Hugging Face Hub. */
@ApiTags('accounts')
@Controller()
export class WhoamiController {
  constructor(private readonly identities: WhoamiService) {}

  /** Get the authenticated account, its organizations and the permission of the access token. */
  @Route('whoami')
  @Header('Cache-Control', 'no-store')
  async whoami(@CurrentCaller() caller: Caller, @Urls() urls: UrlBuilder): Promise<WhoamiDto> {
    return toWhoami(await this.identities.identify(caller), localAvatars(urls));
  }
}
