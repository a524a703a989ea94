import { Body, Controller, Header, HttpCode, Param } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Caller } from '../../domain/caller.js';
import { CurrentCaller } from '../../platform/http/repo.decorator.js';
import { Route } from '../../platform/http/route.decorator.js';
import { AccessTokensService } from '../access-tokens.service.js';
import { ServiceAccounts, type ServiceAccount } from '../service-accounts.service.js';
import { OutcomeDto } from './dto/auth.dto.js';
import {
  ChangeServiceAccountDto,
  CreateServiceAccountDto,
  ServiceAccountDto,
  ServiceAccountListDto,
} from './dto/service-account.dto.js';
import { CreateTokenDto, NewTokenDto } from './dto/token.dto.js';
import { toNewToken, toToken, toTokenRequest } from './token-mapper.js';

/** Service accounts of an organization and their tokens. Requires a session of an admin of the organization. */
@ApiTags('accounts')
@Controller()
export class ServiceAccountsController {
  constructor(
    private readonly serviceAccounts: ServiceAccounts,
    private readonly tokens: AccessTokensService,
  ) {}

  /** List the service accounts of an organization. */
  @Route('serviceAccounts.list')
  @Header('Cache-Control', 'no-store')
  async list(
    @CurrentCaller() caller: Caller,
    @Param('organization') organization: string,
  ): Promise<ServiceAccountListDto> {
    const accounts = await this.serviceAccounts.list(caller, organization);
    return { service_accounts: await Promise.all(accounts.map((account) => this.toDto(account))) };
  }

  /** Create a service account. */
  @Route('serviceAccounts.create')
  @HttpCode(201)
  async create(
    @CurrentCaller() caller: Caller,
    @Param('organization') organization: string,
    @Body() { name, role = 'write' }: CreateServiceAccountDto,
  ): Promise<ServiceAccountDto> {
    return this.toDto(await this.serviceAccounts.create(caller, organization, { name, role }));
  }

  /** Change the role of a service account, or disable it. */
  @Route('serviceAccounts.change')
  async change(
    @CurrentCaller() caller: Caller,
    @Param('organization') organization: string,
    @Param('account') account: string,
    @Body() changes: ChangeServiceAccountDto,
  ): Promise<ServiceAccountDto> {
    return this.toDto(await this.serviceAccounts.change(caller, { organization, account }, changes));
  }

  /** Delete a service account with its tokens. */
  @Route('serviceAccounts.delete')
  async remove(
    @CurrentCaller() caller: Caller,
    @Param('organization') organization: string,
    @Param('account') account: string,
  ): Promise<OutcomeDto> {
    await this.serviceAccounts.remove(caller, { organization, account });
    return { success: true, message: `Service account ${account} deleted` };
  }

  /** Create an access token of a service account. The token is returned only once. */
  @Route('serviceAccounts.createToken')
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  async createToken(
    @CurrentCaller() caller: Caller,
    @Param('organization') organization: string,
    @Param('account') account: string,
    @Body() body: CreateTokenDto,
  ): Promise<NewTokenDto> {
    const { id } = await this.serviceAccounts.find(caller, { organization, account });
    return toNewToken(await this.tokens.createFor(id, toTokenRequest(body), caller));
  }

  /** Replace the secret of an access token of a service account. */
  @Route('serviceAccounts.rotateToken')
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  async rotateToken(
    @CurrentCaller() caller: Caller,
    @Param('organization') organization: string,
    @Param('account') account: string,
    @Param('id') id: string,
  ): Promise<NewTokenDto> {
    const { id: accountId } = await this.serviceAccounts.find(caller, { organization, account });
    return toNewToken(await this.tokens.rotateOf(accountId, id, caller), 'rotated');
  }

  /** Revoke an access token of a service account. */
  @Route('serviceAccounts.revokeToken')
  async revokeToken(
    @CurrentCaller() caller: Caller,
    @Param('organization') organization: string,
    @Param('account') account: string,
    @Param('id') id: string,
  ): Promise<OutcomeDto> {
    const { id: accountId } = await this.serviceAccounts.find(caller, { organization, account });
    await this.tokens.revokeOf(accountId, id, caller);
    return { success: true, message: 'Access token revoked' };
  }

  private async toDto({ account, role }: ServiceAccount): Promise<ServiceAccountDto> {
    return {
      name: account.name,
      role,
      disabled: account.disabledAt !== null,
      created_at: account.createdAt.toISOString(),
      tokens: (await this.tokens.listOf(account.id)).map(toToken),
    };
  }
}
