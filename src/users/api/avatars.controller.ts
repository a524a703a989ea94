import { applyDecorators, Controller, Delete, Get, Param, Put, Req, Res } from '@nestjs/common';
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
import { Asks } from '../../fallback/resolver/asks.decorator.js';
import type { Asking } from '../../fallback/resolver/question.js';
import type { HubRequest } from '../../platform/http/hub-request.js';
import { relayReply } from '../../platform/http/relay-reply.js';
import { imageBody } from '../../platform/http/request-body.js';
import type { AccountKey } from '../accounts.service.js';
import { LocalAvatarsService } from '../local-avatars.service.js';
import { MAX_AVATAR_BYTES, type AvatarImage } from '../avatar-encoder.service.js';
import { AvatarUrls } from './avatar-urls.service.js';
import { OutcomeDto } from './dto/auth.dto.js';
import { AvatarDto } from './dto/avatar.dto.js';
import { avatarResponse } from './avatar-response.js';
import { AvatarsService } from './avatars.service.js';

const TYPES = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'];

const ShowsPicture = (): MethodDecorator =>
  applyDecorators(
    ApiOkResponse({
      description: 'At most 512 × 512 pixels',
      content: { 'image/webp': { schema: { type: 'string', format: 'binary' } } },
    }),
    ApiNotFoundResponse({ description: 'There is no picture, or no such account' }),
  );

const TakesPicture = (): MethodDecorator =>
  applyDecorators(
    ApiConsumes(...TYPES),
    ApiBody({ schema: { type: 'string', format: 'binary', maxLength: MAX_AVATAR_BYTES } }),
    ApiOkResponse({ type: AvatarDto }),
    ApiBadRequestResponse({ description: 'It is broken, or has more than 16 million pixels' }),
    ApiPayloadTooLargeResponse({ description: 'It has more than 1 MB' }),
    ApiUnsupportedMediaTypeResponse({ description: 'It is no PNG, JPEG, GIF or WebP' }),
  );

/** The pictures of users and organizations. */
@ApiTags('accounts')
@Controller('api')
export class AvatarsController {
  constructor(
    private readonly avatars: LocalAvatarsService,
    private readonly pictures: AvatarsService,
    private readonly links: AvatarUrls,
  ) {}

  /** A user's picture; of a source also an organization's. */
  @Get('users/:name/avatar')
  @ShowsPicture()
  async user(@Asks() asking: Asking, @Param('name') name: string, @Res() response: Response): Promise<void> {
    await relayPicture(response, await this.pictures.ofUser(name, asking));
  }

  /** Give the caller another picture: the body is the image, at most 1 MB. Its first frame is kept, and nothing but the pixels. */
  @Put('users/:name/avatar')
  @TakesPicture()
  putUser(@Param('name') name: string, @Req() request: HubRequest): Promise<AvatarDto> {
    return this.put({ kind: 'user', name }, request);
  }

  /** Take the caller's picture away. */
  @Delete('users/:name/avatar')
  deleteUser(@Param('name') name: string, @Req() request: HubRequest): Promise<OutcomeDto> {
    return this.delete({ kind: 'user', name }, request);
  }

  /** An organization's picture. */
  @Get('organizations/:name/avatar')
  @ShowsPicture()
  async organization(@Asks() asking: Asking, @Param('name') name: string, @Res() response: Response): Promise<void> {
    await relayPicture(response, await this.pictures.ofOrganization(name, asking));
  }

  /** Give an organization another picture; for its admins. */
  @Put('organizations/:name/avatar')
  @TakesPicture()
  putOrganization(@Param('name') name: string, @Req() request: HubRequest): Promise<AvatarDto> {
    return this.put({ kind: 'organization', name }, request);
  }

  /** Take an organization's picture away; for its admins. */
  @Delete('organizations/:name/avatar')
  deleteOrganization(@Param('name') name: string, @Req() request: HubRequest): Promise<OutcomeDto> {
    return this.delete({ kind: 'organization', name }, request);
  }

  private async put(key: AccountKey, request: HubRequest): Promise<AvatarDto> {
    const account = await this.avatars.put(request.caller, key, () => imageBody(request, MAX_AVATAR_BYTES));
    return { success: true, avatarUrl: this.links.of(account) };
  }

  private async delete(key: AccountKey, { caller }: HubRequest): Promise<OutcomeDto> {
    await this.avatars.delete(caller, key);
    return { success: true, message: `${key.name} has no picture any more` };
  }
}

const relayPicture = (response: Response, picture: AvatarImage): Promise<void> =>
  relayReply(response, avatarResponse(picture, response.req.headers['if-none-match']));
