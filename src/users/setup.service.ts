import { Injectable } from '@nestjs/common';
import type { Caller } from '../domain/caller.js';
import { HubError } from '../domain/hub-error.js';
import { NamespaceGuard } from '../fallback/guard/namespace-guard.service.js';
import { AuditLog } from '../platform/audit/audit-log.service.js';
import type { AccountEntity } from './account.entity.js';
import { AdministratorsStore } from './administrators.store.js';
import { RegistrationService, type Registration } from './registration.service.js';

/** Sets up a new hub: its first account is an administrator. */
@Injectable()
export class SetupService {
  constructor(
    private readonly administrators: AdministratorsStore,
    private readonly registrations: RegistrationService,
    private readonly guard: NamespaceGuard,
    private readonly audit: AuditLog,
  ) {}

  async isRequired(): Promise<boolean> {
    return !(await this.administrators.hasUsers());
  }

  /** @throws HubError `Conflict` if the hub has users; as `RegistrationService.create` */
  async createAdministrator(registration: Registration, by: Caller): Promise<AccountEntity> {
    if (!(await this.isRequired()))
      throw new HubError(
        'Conflict',
        'This hub already has users. To choose an administrator, open Admin → Accounts with the admin token.',
      );
    const nameCheck = await this.guard.checkAccount(registration.name, { isAdministrator: true });
    const account = await this.registrations.create({ ...registration, nameCheck }, by);
    await this.audit.act(
      by,
      (m) => this.administrators.set(m, account.id, true),
      () => ({ action: 'user.grant_admin', ownerId: account.id, object: account.name }),
    );
    return account;
  }
}
