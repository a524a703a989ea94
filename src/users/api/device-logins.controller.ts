import { Body, Controller, Header, HttpCode, Param } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Caller } from '../../domain/caller.js';
import { ClientAddress } from '../../platform/http/client-address.js';
import { CurrentCaller } from '../../platform/http/repo.decorator.js';
import { Route } from '../../platform/http/route.decorator.js';
import { DeviceLogins } from '../device-logins.service.js';
import { clientName } from '../oauth-client.js';
import { formatUserCode } from '../user-code.js';
import type { DeviceLoginEntity } from '../device-login.entity.js';
import { OutcomeDto } from './dto/auth.dto.js';
import { DecideDeviceLoginDto, DeviceLoginDto } from './dto/device-login.dto.js';

/** Programs that wait for a user to confirm their code. Requires a session, since a token must not create tokens. */
@ApiTags('accounts')
@Controller()
export class DeviceLoginsController {
  constructor(private readonly logins: DeviceLogins) {}

  /** Get the program that waits for the confirmation of a code. */
  @Route('deviceLogins.get')
  @Header('Cache-Control', 'no-store')
  async get(
    @CurrentCaller() caller: Caller,
    @Param('code') code: string,
    @ClientAddress() address: string,
  ): Promise<DeviceLoginDto> {
    return toDeviceLogin(await this.logins.find({ caller, code, address }));
  }

  /** Sign a program in to the caller's account, or deny its request. A code can be used once. */
  @Route('deviceLogins.decide')
  @HttpCode(200)
  async decide(
    @CurrentCaller() caller: Caller,
    @Param('code') code: string,
    @Body() { approve }: DecideDeviceLoginDto,
    @ClientAddress() address: string,
  ): Promise<OutcomeDto> {
    await this.logins.decide({ caller, code, address }, approve);
    return { success: true, message: approve ? 'The program is signed in.' : 'The request was denied.' };
  }
}

const toDeviceLogin = (login: DeviceLoginEntity): DeviceLoginDto => ({
  code: formatUserCode(login.userCode),
  client_id: login.clientId,
  client: clientName(login.clientId),
  role: login.role,
  address: login.address,
  user_agent: login.userAgent,
  created_at: login.createdAt.toISOString(),
  expires_at: login.expiresAt.toISOString(),
});
