import { Body, Controller, Header, Headers, HttpCode } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Caller } from '../../domain/caller.js';
import type { HubError } from '../../domain/hub-error.js';
import type { UrlBuilder } from '../../domain/url-builder.js';
import { ClientAddress } from '../../platform/http/client-address.js';
import { CurrentCaller, Urls } from '../../platform/http/repo.decorator.js';
import { Route } from '../../platform/http/route.decorator.js';
import { DEVICE_CODE_SECONDS, DeviceLogins, POLL_SECONDS } from '../device-logins.service.js';
import { scopeOfRole } from '../oauth-client.js';
import { oauthError } from '../oauth-error.js';
import { ACCESS_TOKEN_SECONDS, OauthTokens, type IssuedTokens, type RedeemedAt } from '../oauth-tokens.service.js';
import { PUBLISHER_TOKEN_SECONDS, PublisherTokens } from '../publisher-tokens.service.js';
import { formatUserCode } from '../user-code.js';
import { DeviceCodeDto, DeviceCodeRequestDto, OauthTokensDto, TokenRequestDto } from './dto/oauth.dto.js';

const EXCHANGE_GRANT = 'urn:ietf:params:oauth:grant-type:token-exchange';
/** huggingface_hub sends the first one; an ID token is also a JWT. */
const SUBJECT_TYPES = ['urn:ietf:params:oauth:token-type:id_token', 'urn:ietf:params:oauth:token-type:jwt'];
const REFRESH_GRANT = 'refresh_token';
const DEVICE_CODE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

/** Signs in programs such as `hf auth login` with a device code (RFC 8628), and exchanges ID tokens of CI jobs (RFC 8693). */
@ApiTags('accounts')
@Controller()
export class OauthController {
  constructor(
    private readonly logins: DeviceLogins,
    private readonly tokens: OauthTokens,
    private readonly publishers: PublisherTokens,
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

  /** Get the token of a login that the user has confirmed, refresh a token, or exchange the ID token of a CI job for a token of a repository. Errors are in the format of OAuth. */
  @Route('oauth.token')
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  async token(
    @Body() request: TokenRequestDto,
    @Urls() { host }: UrlBuilder,
    @CurrentCaller() by: Caller,
  ): Promise<OauthTokensDto> {
    if (request.grant_type === EXCHANGE_GRANT) return this.exchange(request, by);
    const { accessToken, refreshToken, role } = await this.issue(request, { host, by });
    return {
      access_token: accessToken,
      token_type: 'bearer',
      expires_in: ACCESS_TOKEN_SECONDS,
      refresh_token: refreshToken,
      scope: scopeOfRole(role),
    };
  }

  private async exchange(
    { subject_token, subject_token_type, resource }: TokenRequestDto,
    by: Caller,
  ): Promise<OauthTokensDto> {
    if (!SUBJECT_TYPES.includes(required(subject_token_type, 'subject_token_type')))
      throw oauthError('invalid_request', `The subject token has to be an ID token: ${SUBJECT_TYPES[0]}.`);
    const { accessToken, readOnly } = await this.publishers.exchange(
      required(subject_token, 'subject_token'),
      required(resource, 'resource'),
      by,
    );
    return {
      access_token: accessToken,
      issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      token_type: 'bearer',
      expires_in: PUBLISHER_TOKEN_SECONDS,
      scope: scopeOfRole(readOnly ? 'read' : 'write'),
    };
  }

  private issue({ grant_type, ...grant }: TokenRequestDto, at: RedeemedAt): Promise<IssuedTokens> {
    if (grant_type !== DEVICE_CODE_GRANT && grant_type !== REFRESH_GRANT) throw unsupportedGrant();
    const client_id = required(grant.client_id, 'client_id');
    if (grant_type === DEVICE_CODE_GRANT)
      return this.tokens.redeem(required(grant.device_code, 'device_code'), client_id, at);
    return this.tokens.refresh(required(grant.refresh_token, 'refresh_token'), client_id, at.by);
  }
}

/** Passwords are not exchanged for tokens, so that they are only entered on pages of this hub or of a sign-in provider. */
const unsupportedGrant = (): HubError =>
  oauthError(
    'unsupported_grant_type',
    `This hub supports the grant types ${DEVICE_CODE_GRANT}, ${REFRESH_GRANT} and ${EXCHANGE_GRANT}.`,
  );

function required(value: string | undefined, name: string): string {
  if (value === undefined || value === '') throw oauthError('invalid_request', `The field ${name} is missing.`);
  return value;
}
