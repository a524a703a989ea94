import { Body, Controller, Header, HttpCode, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import type { Caller } from '../../domain/caller.js';
import type { UrlBuilder } from '../../domain/url-builder.js';
import { requireSession, requireSignedIn } from '../../domain/require-caller.js';
import { ClientAddress } from '../../platform/http/client-address.js';
import { CurrentCaller, IsAdministrator, Urls } from '../../platform/http/repo.decorator.js';
import { OidcSignOut } from '../oidc/oidc-sign-out.service.js';
import { AccountStore } from '../account.store.js';
import { PasswordChangeService } from '../password-change.service.js';
import { RegistrationService } from '../registration.service.js';
import { SignInService } from '../sign-in.service.js';
import {
  ChangePasswordDto,
  LoginDto,
  MeDto,
  NamedOutcomeDto,
  OutcomeDto,
  RegisterDto,
  SignedOutDto,
} from './dto/auth.dto.js';
import { toMe } from './identity-mapper.js';
import { SessionCookieService } from './session-cookie.service.js';
import { Route } from '../../platform/http/route.decorator.js';

/** Registration, sign-in and passwords, under the paths of KohakuHub. */
@ApiTags('accounts')
@Controller()
export class AuthController {
  constructor(
    private readonly registrations: RegistrationService,
    private readonly signIns: SignInService,
    private readonly passwords: PasswordChangeService,
    private readonly accounts: AccountStore,
    private readonly cookie: SessionCookieService,
    private readonly signOuts: OidcSignOut,
  ) {}

  /** Create an account. This does not sign in. */
  @Route('auth.register')
  @HttpCode(200)
  async register(
    @Body() body: RegisterDto,
    @ClientAddress() address: string,
    @CurrentCaller() by: Caller,
    @IsAdministrator() isAdministrator: boolean,
  ): Promise<NamedOutcomeDto> {
    const { username: name, password, email, full_name } = body;
    const registration = { name, password, email, fullName: full_name ?? undefined };
    const account = await this.registrations.register(registration, { address, isAdministrator, by });
    return { success: true, username: account.name, message: `Account ${account.name} created. You can now sign in.` };
  }

  /** Sign in. The response sets a session cookie that is valid for 30 days. */
  @Route('auth.login')
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  async login(
    @Body() { username, password }: LoginDto,
    @ClientAddress() address: string,
    @CurrentCaller() by: Caller,
    @Res({ passthrough: true }) response: Response,
  ): Promise<NamedOutcomeDto> {
    const { account, session } = await this.signIns.signIn({ name: username, password, address, by });
    this.cookie.set(response, session);
    return { success: true, username: account.name, message: 'Signed in' };
  }

  /** Sign out and end the session. */
  @Route('auth.logout')
  @HttpCode(200)
  async logout(
    @CurrentCaller() caller: Caller,
    @Urls() urls: UrlBuilder,
    @Res({ passthrough: true }) response: Response,
  ): Promise<SignedOutDto> {
    const page = caller.sessionId === undefined ? undefined : await this.signOuts.providerPage(caller.sessionId, urls);
    if (caller.sessionId !== undefined) await this.signIns.signOut(requireSession(caller), caller);
    this.cookie.clear(response);
    return { success: true, message: 'Signed out', provider_url: page ?? null };
  }

  /** Get the signed-in account. */
  @Route('auth.me')
  @Header('Cache-Control', 'no-store')
  async me(@CurrentCaller() caller: Caller): Promise<MeDto> {
    return toMe(await this.accounts.byId(requireSignedIn(caller).accountId));
  }

  /** Change the password. All other sessions of the account end. */
  @Route('auth.password')
  @HttpCode(200)
  async password(
    @CurrentCaller() caller: Caller,
    @Body() { old_password, new_password }: ChangePasswordDto,
    @ClientAddress() address: string,
  ): Promise<OutcomeDto> {
    const change = { oldPassword: old_password, newPassword: new_password, address, by: caller };
    await this.passwords.change(requireSession(caller), change);
    return { success: true, message: 'Password changed. All other sessions were signed out.' };
  }
}
