import { applyDecorators, Controller, Param, Req, Res } from '@nestjs/common';
import {
  ApiBadRequestResponse,
  ApiBody,
  ApiConsumes,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiPayloadTooLargeResponse,
  ApiTags,
  ApiUnsupportedMediaTypeResponse,
} from '@nestjs/swagger';
import type { Response } from 'express';
import { Context } from '../../fallback/resolver/request-context.decorator.js';
import type { RequestContext } from '../../fallback/resolver/fallback-request.js';
import type { HubRequest } from '../../platform/http/hub-request.js';
import { sendReply } from '../../platform/http/send-reply.js';
import { imageBody } from '../../platform/http/request-body.js';
import type { AccountKey } from '../accounts.service.js';
import { LocalAvatarsService } from '../local-avatars.service.js';
import { localAvatars } from './avatar-urls.js';
import { OutcomeDto } from './dto/auth.dto.js';
import { AvatarDto } from './dto/avatar.dto.js';
import { avatarResponse } from './avatar-response.js';
import { AvatarsService, type ServedAvatar } from './avatars.service.js';
import { Route } from '../../platform/http/route.decorator.js';
import { ROUTES } from '../../platform/http/routes/routes.js';

const { bytes: MAX_AVATAR_BYTES } = ROUTES['avatars.putUser'].body;
const IMAGE_TYPES = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'];

const ApiAvatar = (): MethodDecorator =>
  applyDecorators(
    ApiOkResponse({
      description: 'A WebP image of at most 512 × 512 pixels',
      content: { 'image/webp': { schema: { type: 'string', format: 'binary' } } },
    }),
    ApiNotFoundResponse({ description: 'The account does not exist or has no avatar' }),
  );

const ApiAvatarUpload = (): MethodDecorator =>
  applyDecorators(
    ApiConsumes(...IMAGE_TYPES),
    ApiBody({ schema: { type: 'string', format: 'binary', maxLength: MAX_AVATAR_BYTES } }),
    ApiOkResponse({ type: AvatarDto }),
    ApiBadRequestResponse({ description: 'The image is corrupt or has more than 16 million pixels' }),
    ApiPayloadTooLargeResponse({ description: 'The image is larger than 1 MB' }),
    ApiUnsupportedMediaTypeResponse({ description: 'The image is not PNG, JPEG, GIF or WebP' }),
  );

/** Avatars of users and organizations. */
@ApiTags('accounts')
@Controller()
export class AvatarsController {
  constructor(
    private readonly localAvatars: LocalAvatarsService,
    private readonly avatars: AvatarsService,
  ) {}

  /** Get a user's avatar. For external accounts, the name may also belong to an organization. */
  @Route('avatars.user')
  @ApiAvatar()
  async user(
    @Context() context: RequestContext,
    @Param('name') name: string,
    @Res() response: Response,
  ): Promise<void> {
    await relayAvatar(response, await this.avatars.ofUser(name, context));
  }

  /** Get the avatar of a user or organization. */
  @Route('avatars.account')
  @ApiAvatar()
  async account(
    @Context() context: RequestContext,
    @Param('name') name: string,
    @Res() response: Response,
  ): Promise<void> {
    await relayAvatar(response, await this.avatars.ofAccount(name, context));
  }

  /** Upload the caller's avatar. The body is the image, at most 1 MB. Only the pixels of its first frame are stored. */
  @Route('avatars.putUser')
  @ApiAvatarUpload()
  putUser(@Param('name') name: string, @Req() request: HubRequest): Promise<AvatarDto> {
    return this.put({ kind: 'user', name }, request);
  }

  /** Delete the caller's avatar. */
  @Route('avatars.deleteUser')
  deleteUser(@Param('name') name: string, @Req() request: HubRequest): Promise<OutcomeDto> {
    return this.delete({ kind: 'user', name }, request);
  }

  /** Get an organization's avatar. */
  @Route('avatars.organization')
  @ApiAvatar()
  async organization(
    @Context() context: RequestContext,
    @Param('name') name: string,
    @Res() response: Response,
  ): Promise<void> {
    await relayAvatar(response, await this.avatars.ofOrganization(name, context));
  }

  /** Upload an organization's avatar. Requires the admin role. */
  @Route('avatars.putOrganization')
  @ApiAvatarUpload()
  putOrganization(@Param('name') name: string, @Req() request: HubRequest): Promise<AvatarDto> {
    return this.put({ kind: 'organization', name }, request);
  }

  /** Delete an organization's avatar. Requires the admin role. */
  @Route('avatars.deleteOrganization')
  deleteOrganization(@Param('name') name: string, @Req() request: HubRequest): Promise<OutcomeDto> {
    return this.delete({ kind: 'organization', name }, request);
  }

  private async put(key: AccountKey, request: HubRequest): Promise<AvatarDto> {
    const account = await this.localAvatars.put(request.caller, key, () => imageBody(request, MAX_AVATAR_BYTES));
    return { success: true, avatarUrl: localAvatars(request.urls)(account) };
  }

  private async delete(key: AccountKey, { caller }: HubRequest): Promise<OutcomeDto> {
    await this.localAvatars.delete(caller, key);
    return { success: true, message: `Avatar of ${key.name} deleted` };
  }
}

const relayAvatar = (response: Response, { image, headers }: ServedAvatar): Promise<void> =>
  sendReply(response, avatarResponse(image, response.req.headers['if-none-match']), headers);
