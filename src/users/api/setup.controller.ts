import { Body, Controller, Header, HttpCode } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Caller } from '../../domain/caller.js';
import { CurrentCaller } from '../../platform/http/repo.decorator.js';
import { Route } from '../../platform/http/route.decorator.js';
import { SetupService } from '../setup.service.js';
import { NamedOutcomeDto, RegisterDto, SetupDto } from './dto/auth.dto.js';

/** The setup of a new hub. */
@ApiTags('accounts')
@Controller()
export class SetupController {
  constructor(private readonly setup: SetupService) {}

  /** Whether the hub has no users yet. */
  @Route('setup.get')
  @Header('Cache-Control', 'no-store')
  async get(): Promise<SetupDto> {
    return { required: await this.setup.isRequired() };
  }

  /** Create the first account, which is an administrator. Requires the admin token. */
  @Route('setup.create')
  @HttpCode(200)
  async create(
    @Body() { username: name, password, email, full_name }: RegisterDto,
    @CurrentCaller() caller: Caller,
  ): Promise<NamedOutcomeDto> {
    const registration = { name, password, email, fullName: full_name ?? undefined };
    const account = await this.setup.createAdministrator(registration, caller);
    return { success: true, username: account.name, message: `Administrator ${account.name} created. Sign in.` };
  }
}
