import { Body, Controller, Header, HttpCode, Param } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Caller } from '../../domain/caller.js';
import { CurrentCaller } from '../../platform/http/repo.decorator.js';
import { AccessTokensService } from '../access-tokens.service.js';
import { OutcomeDto } from './dto/auth.dto.js';
import { CreateTokenDto, NewTokenDto, TokenListDto } from './dto/token.dto.js';
import { toNewToken, toToken, toTokenRequest } from './token-mapper.js';
import { Route } from '../../platform/http/route.decorator.js';

/** The caller's access tokens, under the paths of KohakuHub. Requires a session, since a token must not create or list tokens. */
@ApiTags('accounts')
@Controller()
export class TokensController {
  constructor(private readonly tokens: AccessTokensService) {}

  /** Create an access token. The token is returned only once. */
  @Route('tokens.create')
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  async create(@CurrentCaller() caller: Caller, @Body() body: CreateTokenDto): Promise<NewTokenDto> {
    return toNewToken(await this.tokens.create(caller, toTokenRequest(body)));
  }

  /** Replace the secret of an access token. The old one ends at once. The second path is the one of huggingface.co. */
  @Route('tokens.rotate')
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  async rotate(@CurrentCaller() caller: Caller, @Param('id') id: string): Promise<NewTokenDto> {
    return toNewToken(await this.tokens.rotate(caller, id), 'rotated');
  }

  /** List the access tokens. */
  @Route('tokens.list')
  @Header('Cache-Control', 'no-store')
  async list(@CurrentCaller() caller: Caller): Promise<TokenListDto> {
    return { tokens: (await this.tokens.list(caller)).map(toToken) };
  }

  /** Revoke an access token. A token may revoke itself. */
  @Route('tokens.revoke')
  async revoke(@CurrentCaller() caller: Caller, @Param('id') id: string): Promise<OutcomeDto> {
    await this.tokens.revoke(caller, id);
    return { success: true, message: 'Access token revoked' };
  }
}
