import { Body, Controller, Header, Param, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { HubRequest } from '../../platform/http/hub-request.js';
import { AccountSettingsService } from '../account-settings.service.js';
import { toSettings, toSettingsChanges } from './account-settings-mapper.js';
import { localAvatars } from './avatar-urls.js';
import { AccountSettingsDto, ChangeSettingsDto } from './dto/account-settings.dto.js';
import { Route } from '../../platform/http/route.decorator.js';

/** Profile settings of users and organizations. */
@ApiTags('accounts')
@Controller()
export class AccountSettingsController {
  constructor(private readonly settings: AccountSettingsService) {}

  /** Get the caller's settings. */
  @Route('settings.user')
  @Header('Cache-Control', 'no-store')
  async user(@Req() { caller, urls }: HubRequest, @Param('name') name: string): Promise<AccountSettingsDto> {
    return toSettings(await this.settings.get(caller, { kind: 'user', name }), localAvatars(urls));
  }

  /** Change the caller's settings. */
  @Route('settings.changeUser')
  async changeUser(
    @Req() { caller, urls }: HubRequest,
    @Param('name') name: string,
    @Body() body: ChangeSettingsDto,
  ): Promise<AccountSettingsDto> {
    return toSettings(
      await this.settings.change(caller, { kind: 'user', name }, toSettingsChanges(body)),
      localAvatars(urls),
    );
  }

  /** Get the settings of an organization. Requires the admin role. */
  @Route('settings.organization')
  @Header('Cache-Control', 'no-store')
  async organization(@Req() { caller, urls }: HubRequest, @Param('name') name: string): Promise<AccountSettingsDto> {
    return toSettings(await this.settings.get(caller, { kind: 'organization', name }), localAvatars(urls));
  }

  /** Change the settings of an organization. Requires the admin role. */
  @Route('settings.changeOrganization')
  async changeOrganization(
    @Req() { caller, urls }: HubRequest,
    @Param('name') name: string,
    @Body() body: ChangeSettingsDto,
  ): Promise<AccountSettingsDto> {
    return toSettings(
      await this.settings.change(caller, { kind: 'organization', name }, toSettingsChanges(body)),
      localAvatars(urls),
    );
  }
}
