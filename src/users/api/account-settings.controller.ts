import { Body, Controller, Get, Header, Param, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Caller } from '../../domain/caller.js';
import { Asker } from '../../platform/http/repo.decorator.js';
import { AccountSettingsService } from '../account-settings.service.js';
import { AvatarUrls } from './avatar-urls.service.js';
import { AccountSettingsDto, ChangeSettingsDto } from './dto/account-settings.dto.js';
import { toChanges, toSettings } from './account-settings-mapper.js';

/** What accounts say about themselves: users their own, admins their organizations'. */
@ApiTags('accounts')
@Controller('api')
export class AccountSettingsController {
  constructor(
    private readonly settings: AccountSettingsService,
    private readonly avatars: AvatarUrls,
  ) {}

  /** The caller's own settings. */
  @Get('users/:name/settings')
  @Header('Cache-Control', 'no-store')
  async user(@Asker() caller: Caller, @Param('name') name: string): Promise<AccountSettingsDto> {
    return toSettings(await this.settings.get(caller, { kind: 'user', name }), this.avatars.of);
  }

  /** Change the caller's own settings. */
  @Put('users/:name/settings')
  async changeUser(
    @Asker() caller: Caller,
    @Param('name') name: string,
    @Body() body: ChangeSettingsDto,
  ): Promise<AccountSettingsDto> {
    return toSettings(await this.settings.change(caller, { kind: 'user', name }, toChanges(body)), this.avatars.of);
  }

  /** The settings of an organization, for its admins. */
  @Get('organizations/:name/settings')
  @Header('Cache-Control', 'no-store')
  async organization(@Asker() caller: Caller, @Param('name') name: string): Promise<AccountSettingsDto> {
    return toSettings(await this.settings.get(caller, { kind: 'organization', name }), this.avatars.of);
  }

  /** Change the settings of an organization. */
  @Put('organizations/:name/settings')
  async changeOrganization(
    @Asker() caller: Caller,
    @Param('name') name: string,
    @Body() body: ChangeSettingsDto,
  ): Promise<AccountSettingsDto> {
    return toSettings(
      await this.settings.change(caller, { kind: 'organization', name }, toChanges(body)),
      this.avatars.of,
    );
  }
}
