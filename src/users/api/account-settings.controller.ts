import { Body, Controller, Get, Header, Param, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Caller } from '../../domain/caller.js';
import { CurrentCaller } from '../../platform/http/repo.decorator.js';
import { AccountSettingsService } from '../account-settings.service.js';
import { toSettings, toSettingsChanges } from './account-settings-mapper.js';
import { AvatarUrls } from './avatar-urls.service.js';
import { AccountSettingsDto, ChangeSettingsDto } from './dto/account-settings.dto.js';

/** Profile settings of users and organizations. */
@ApiTags('accounts')
@Controller('api')
export class AccountSettingsController {
  constructor(
    private readonly settings: AccountSettingsService,
    private readonly avatars: AvatarUrls,
  ) {}

  /** Get the caller's settings. */
  @Get('users/:name/settings')
  @Header('Cache-Control', 'no-store')
  async user(@CurrentCaller() caller: Caller, @Param('name') name: string): Promise<AccountSettingsDto> {
    return toSettings(await this.settings.get(caller, { kind: 'user', name }), this.avatars.local);
  }

  /** Change the caller's settings. */
  @Put('users/:name/settings')
  async changeUser(
    @CurrentCaller() caller: Caller,
    @Param('name') name: string,
    @Body() body: ChangeSettingsDto,
  ): Promise<AccountSettingsDto> {
    return toSettings(
      await this.settings.change(caller, { kind: 'user', name }, toSettingsChanges(body)),
      this.avatars.local,
    );
  }

  /** Get the settings of an organization. Requires the admin role. */
  @Get('organizations/:name/settings')
  @Header('Cache-Control', 'no-store')
  async organization(@CurrentCaller() caller: Caller, @Param('name') name: string): Promise<AccountSettingsDto> {
    return toSettings(await this.settings.get(caller, { kind: 'organization', name }), this.avatars.local);
  }

  /** Change the settings of an organization. Requires the admin role. */
  @Put('organizations/:name/settings')
  async changeOrganization(
    @CurrentCaller() caller: Caller,
    @Param('name') name: string,
    @Body() body: ChangeSettingsDto,
  ): Promise<AccountSettingsDto> {
    return toSettings(
      await this.settings.change(caller, { kind: 'organization', name }, toSettingsChanges(body)),
      this.avatars.local,
    );
  }
}
