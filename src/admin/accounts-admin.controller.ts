import { Body, Header, HttpCode, Param, Query } from '@nestjs/common';
import {
  ApiBadRequestResponse,
  ApiConflictResponse,
  ApiCreatedResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
} from '@nestjs/swagger';
import type { Caller } from '../domain/caller.js';
import { CurrentCaller } from '../platform/http/repo.decorator.js';
import type { AccountEntity } from '../users/account.entity.js';
import { AccountsAdminService, type AdminAccountChanges } from './accounts-admin.service.js';
import { NamespaceUsages, type NamespaceUsage } from '../repos/quota/namespace-usages.service.js';
import { AdminApi } from './admin-api.decorator.js';
import { AccountDto, AccountPageDto } from './dto/account.dto.js';
import { ChangeAccountDto, CreateAccountDto, ListAccountsDto } from './dto/accounts-admin.dto.js';
import { PasswordSetDto, SetPasswordDto } from './dto/account-password.dto.js';
import { DoneDto, ErrorDto } from './dto/outcome.dto.js';
import { Route } from '../platform/http/route.decorator.js';

const DEFAULT_PAGE_SIZE = 50;

/** Manages all users and organizations. */
@AdminApi()
export class AccountsAdminController {
  constructor(
    private readonly accounts: AccountsAdminService,
    private readonly usages: NamespaceUsages,
  ) {}

  @Route('admin.accounts.list')
  @ApiOperation({ summary: 'List accounts, ordered by name' })
  @ApiOkResponse({ type: AccountPageDto })
  async list(
    @Query() { search, kind, name_state: nameState, limit = DEFAULT_PAGE_SIZE, cursor: after }: ListAccountsDto,
  ): Promise<AccountPageDto> {
    const { accounts, next = null } = await this.accounts.list({ search, kind, nameState, limit, after });
    return { accounts: await this.toDtos(accounts), next };
  }

  @Route('admin.accounts.create')
  @ApiOperation({ summary: 'Create an account, even if registration is closed' })
  @ApiCreatedResponse({ type: AccountDto })
  @ApiBadRequestResponse({ type: ErrorDto })
  @ApiConflictResponse({ type: ErrorDto, description: 'The name is already taken' })
  async create(
    @Body() { full_name: fullName, ...account }: CreateAccountDto,
    @CurrentCaller() caller: Caller,
  ): Promise<AccountDto> {
    return this.toDto(await this.accounts.create({ ...account, fullName }, caller));
  }

  @Route('admin.accounts.get')
  @ApiOperation({ summary: 'Get an account' })
  @ApiOkResponse({ type: AccountDto })
  @ApiNotFoundResponse({ type: ErrorDto })
  async get(@Param('name') name: string): Promise<AccountDto> {
    return this.toDto(await this.accounts.get(name));
  }

  @Route('admin.accounts.change')
  @ApiOperation({ summary: 'Update an account; omitted fields stay unchanged' })
  @ApiOkResponse({ type: AccountDto })
  @ApiBadRequestResponse({ type: ErrorDto })
  @ApiNotFoundResponse({ type: ErrorDto })
  async change(
    @Param('name') name: string,
    @Body() body: ChangeAccountDto,
    @CurrentCaller() caller: Caller,
  ): Promise<AccountDto> {
    return this.toDto(await this.accounts.change(name, toChanges(body), caller));
  }

  @Route('admin.accounts.setPassword')
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'Set or generate a password; ends all sessions of the account' })
  @ApiOkResponse({ type: PasswordSetDto })
  @ApiBadRequestResponse({ type: ErrorDto })
  @ApiNotFoundResponse({ type: ErrorDto })
  async setPassword(
    @Param('name') name: string,
    @Body() { password }: SetPasswordDto,
    @CurrentCaller() caller: Caller,
  ): Promise<PasswordSetDto> {
    const newPassword = await this.accounts.setPassword(name, caller, password);
    const result = { success: true, message: 'Password set. All sessions of the account were signed out.' };
    return password === undefined ? { ...result, password: newPassword } : result;
  }

  @Route('admin.accounts.delete')
  @ApiOperation({ summary: 'Delete an account that owns no repositories' })
  @ApiOkResponse({ type: DoneDto })
  @ApiNotFoundResponse({ type: ErrorDto })
  @ApiConflictResponse({
    type: ErrorDto,
    description: 'The account owns repositories or is the only admin of an organization',
  })
  async delete(@Param('name') name: string, @CurrentCaller() caller: Caller): Promise<DoneDto> {
    const deleted = await this.accounts.delete(name, caller);
    const label = deleted.kind === 'user' ? 'User' : 'Organization';
    return { success: true, message: `${label} ${deleted.name} deleted` };
  }

  private async toDto(account: AccountEntity): Promise<AccountDto> {
    return (await this.toDtos([account]))[0]!;
  }

  private async toDtos(accounts: readonly AccountEntity[]): Promise<AccountDto[]> {
    const usages = await this.usages.of(accounts);
    return accounts.map((account) => toAccountDto(account, usages.get(account.id)!));
  }
}

const toChanges = ({
  full_name,
  quota_bytes,
  quota_repositories,
  ...changes
}: ChangeAccountDto): AdminAccountChanges => ({
  ...changes,
  fullName: full_name,
  quotaBytes: quota_bytes,
  quotaRepositories: quota_repositories,
});

const toAccountDto = (account: AccountEntity, { usedBytes, repositories, limits }: NamespaceUsage): AccountDto => ({
  id: account.id,
  name: account.name,
  kind: account.kind,
  full_name: account.fullName,
  email: account.email,
  disabled: account.disabledAt !== null,
  administrator: account.administrator,
  administrator_by: account.administratorBy,
  reserved: account.reserved,
  name_state: account.nameCheck.state,
  shadowed_source: account.nameCheck.source,
  quota_bytes: account.quotaBytes,
  quota_repositories: account.quotaRepositories,
  usage: {
    used_bytes: usedBytes,
    limit_bytes: limits.bytes ?? null,
    repositories,
    limit_repositories: limits.repositories ?? null,
  },
  created_at: account.createdAt.toISOString(),
});
