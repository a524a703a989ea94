import { Body, Controller, Header, HttpCode, Logger, Param, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { HubError } from '../../domain/hub-error.js';
import { endFlow, startFlow } from '../../platform/http/flow-cookie.js';
import type { HubRequest } from '../../platform/http/hub-request.js';
import { Route } from '../../platform/http/route.decorator.js';
import { sessionCookie } from '../../platform/http/session-cookie.js';
import { OidcSignIn } from '../oidc/oidc-sign-in.service.js';
import { OidcSignOut } from '../oidc/oidc-sign-out.service.js';
import { SignInProblem, type SignInProblemCode } from '../oidc/sign-in-problem.js';
import { LogoutTokenDto } from './dto/oidc.dto.js';

/** Sign-in with OIDC providers. Browsers are redirected; problems are shown on the sign-in page. */
@ApiTags('accounts')
@Controller()
export class OidcController {
  private readonly logger = new Logger('SignIn');

  constructor(
    private readonly signIns: OidcSignIn,
    private readonly signOuts: OidcSignOut,
  ) {}

  /** Start to sign in: redirects to the provider. `next` is the page of this hub to open afterwards, `invitation` the token of an invitation to the hub. */
  @Route('oidc.start')
  @Header('Cache-Control', 'no-store')
  async start(
    @Param('provider') id: string,
    @Query() { next, invitation, redirected }: Readonly<Record<string, unknown>>,
    @Req() { urls, originalUrl, flowCookies }: HubRequest,
    @Res() response: Response,
  ): Promise<void> {
    // the cookie must be at the address that the provider leads back to; once, since a reverse proxy may hide the address
    if (urls.clientHost !== urls.host && redirected === undefined)
      return response.redirect(303, urls.url(`${originalUrl}${originalUrl.includes('?') ? '&' : '?'}redirected=1`));
    const started = await this.signIns
      .start(id, urls, { next, invitation })
      .catch((error: unknown) => problemOf(error));
    if (typeof started === 'string') return response.redirect(303, urls.path(problemPage(started, id)));
    response.setHeader('Set-Cookie', startFlow(urls, started.state, started.sealed, flowCookies));
    response.redirect(303, started.url);
  }

  /** The provider leads back to this path. */
  @Route('oidc.callback')
  @Header('Cache-Control', 'no-store')
  async callback(
    @Param('provider') id: string,
    @Req() { urls, originalUrl, caller, flowCookies }: HubRequest,
    @Res() response: Response,
  ): Promise<void> {
    const query = new URL(originalUrl, urls.base).searchParams;
    const ending = endFlow(urls, query.get('state') ?? '');
    try {
      const { session, next } = await this.signIns.finish(id, { query, sealed: flowCookies?.sealed ?? [], caller });
      const cookies = session === undefined ? [] : [sessionCookie(session, urls)];
      response.setHeader('Set-Cookie', [...ending, ...cookies]);
      response.redirect(303, urls.path(next));
    } catch (error) {
      if (!(error instanceof SignInProblem)) throw error;
      this.logger.warn({ provider: id, problem: error.code, address: caller.origin?.address }, 'A sign-in has failed');
      response.setHeader('Set-Cookie', ending);
      response.redirect(303, urls.path(problemPage(error.code, id)));
    }
  }

  /** The provider ends sessions of a user with a logout token (OpenID Connect Back-Channel Logout 1.0). */
  @Route('oidc.logout')
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  logout(@Param('provider') id: string, @Body() { logout_token }: LogoutTokenDto): Promise<void> {
    return this.signOuts.endSessions(id, logout_token);
  }
}

/** Only codes are part of the URL, so that links cannot show other texts on the page. */
const problemPage = (code: SignInProblemCode, provider: string): string =>
  `/login?${new URLSearchParams({ problem: code, provider }).toString()}`;

/** The problem of a provider that is down; other errors are not of the sign-in. */
function problemOf(error: unknown): SignInProblemCode {
  if (error instanceof HubError && error.code === 'UpstreamUnavailable') return 'unavailable';
  throw error;
}
