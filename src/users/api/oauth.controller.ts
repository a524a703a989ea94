import { Body, Controller, Header, Headers, HttpCode } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Caller } from '../../domain/caller.js';
import type { UrlBuilder } from '../../domain/url-builder.js';
import { ClientAddress } from '../../platform/http/client-address.js';
import { CurrentCaller, Urls } from '../../platform/http/repo.decorator.js';
import { Route } from '../../platform/http/route.decorator.js';
import { DEVICE_CODE_SECONDS, DeviceLogins, POLL_SECONDS } from '../device-logins.service.js';
import { scopeOfRole } from '../oauth-client.js';
import { oauthError } from '../oauth-error.js';
import { ACCESS_TOKEN_SECONDS, OauthTokens, type IssuedTokens, type RedeemedAt } from '../oauth-tokens.service.js';
import { formatUserCode } from '../user-code.js';
import { DeviceCodeDto, DeviceCodeRequestDto, OauthTokensDto, TokenRequestDto } from './dto/oauth.dto.js';

const DEVICE_CODE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

/** Signs in programs such as `hf auth login` with a device code (RFC 8628). */
@ApiTags('accounts')
@Controller()
export class OauthController {
  constructor(
    private readonly logins: DeviceLogins,
    private readonly tokens: OauthTokens,
  ) {}

  /** Get codes for a program without a browser and for its user. */
  @Route('oauth.device')
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  async device(
    @Body() { client_id, scope }: DeviceCodeRequestDto,
    @ClientAddress() address: string,
    @Headers('user-agent') userAgent: string | undefined,
    @Urls() urls: UrlBuilder,
  ): Promise<DeviceCodeDto> {
    const request = { clientId: client_id, scope, address, userAgent: userAgent ?? '' };
    const { deviceCode, userCode } = await this.logins.start(request);
    const code = formatUserCode(userCode);
    return {
      device_code: deviceCode,
      user_code: code,
      verification_uri: urls.url('/device'),
      verification_uri_complete: urls.url(`/device?code=${code}`),
      expires_in: DEVICE_CODE_SECONDS,
      interval: POLL_SECONDS,
    };
  }

  /** Get the token of a login that the user has confirmed, or refresh a token. Errors are in the format of OAuth. */
  @Route('oauth.token')
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  async token(
    @Body() request: TokenRequestDto,
    @Urls() { host }: UrlBuilder,
    @CurrentCaller() by: Caller,
  ): Promise<OauthTokensDto> {
    const { accessToken, refreshToken, role } = await this.issue(request, { host, by });
    return {
      access_token: accessToken,
      token_type: 'bearer',
      expires_in: ACCESS_TOKEN_SECONDS,
      refresh_token: refreshToken,
      scope: scopeOfRole(role),
    };
  }

  private issue({ grant_type, client_id, ...grant }: TokenRequestDto, at: RedeemedAt): Promise<IssuedTokens> {
    if (grant_type === DEVICE_CODE_GRANT)
      return this.tokens.redeem(required(grant.device_code, 'device_code'), client_id, at);
    if (grant_type === 'refresh_token')
      return this.tokens.refresh(required(grant.refresh_token, 'refresh_token'), client_id, at.by);
    throw oauthError('unsupported_grant_type', `Use the grant type ${DEVICE_CODE_GRANT} or refresh_token.`);
  }
}

function required(value: string | undefined, name: string): string {
  if (value === undefined || value === '') throw oauthError('invalid_request', `The field ${name} is missing.`);
  return value;
}
