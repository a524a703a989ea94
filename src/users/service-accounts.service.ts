import { Injectable } from '@nestjs/common';
import type { Caller } from '../domain/caller.js';
import { checkChosenAccountName } from '../domain/check-name.js';
import { HubError } from '../domain/hub-error.js';
import { requireSession } from '../domain/require-caller.js';
import { NamespaceGuard } from '../fallback/guard/namespace-guard.service.js';
import { AuditLog } from '../platform/audit/audit-log.service.js';
import type { AccountEntity } from './account.entity.js';
import { AccountStore } from './account.store.js';
import { AccountsService } from './accounts.service.js';
import { CallersService } from './callers.service.js';
import type { MemberRole } from './membership.entity.js';
import { MembershipStore } from './membership.store.js';
import { OrganizationsService } from './organizations.service.js';
import { ReservedAccounts } from './reserved-accounts.service.js';

/** A service account in the URL of a request. */
export interface ServiceAccountKey {
  readonly organization: string;
  readonly account: string;
}

/** A service account and its role in the organization. */
export interface ServiceAccount {
  readonly account: AccountEntity;
  readonly role: MemberRole;
}

/** Changes of a service account; omitted fields stay unchanged. */
export interface ServiceAccountChanges {
  readonly role?: MemberRole;
  readonly disabled?: boolean;
}

/** The stores that `ServiceAccounts` uses. */
@Injectable()
export class ServiceAccountStores {
  constructor(
    readonly accounts: AccountStore,
    readonly memberships: MembershipStore,
    readonly reserved: ReservedAccounts,
    readonly audit: AuditLog,
  ) {}
}

/**
 * Service accounts of organizations: members for machines, without a password. The admins of the organization manage them from sessions, since tokens must not
 * create others.
 */
@Injectable()
export class ServiceAccounts {
  constructor(
    private readonly stores: ServiceAccountStores,
    private readonly accounts: AccountsService,
    private readonly organizations: OrganizationsService,
    private readonly callers: CallersService,
    private readonly guard: NamespaceGuard,
  ) {}

  /** @throws HubError `Unauthorized`, `NotFound`, `Forbidden` if the caller is not an admin of the organization with a session, as all methods of this class */
  async list(caller: Caller, organization: string): Promise<ServiceAccount[]> {
    const { id } = await this.administered(caller, organization);
    return this.stores.memberships.serviceAccounts(id);
  }

  /** @throws HubError `BadRequest` for an invalid name, `Conflict` if it is taken; as `NamespaceGuard.checkAccount` */
  async create(caller: Caller, organization: string, { name, role }: { name: string; role: MemberRole }) {
    const { id: organizationId } = await this.administered(caller, organization);
    checkChosenAccountName(name);
    await this.accounts.requireAvailable(name);
    const nameCheck = await this.guard.checkAccount(name, { isAdministrator: false });
    const input = { kind: 'user', name, fullName: name, nameCheck, serviceOf: organizationId } as const;
    const account = await this.stores.audit.act(
      caller,
      async (m) => {
        const created = await this.stores.accounts.create(input, m);
        await this.stores.memberships.setRole({ organizationId, userId: created.id, role }, m);
        return created;
      },
      () => ({ action: 'org.create_service_account', ownerId: organizationId, object: name, data: { role } }),
    );
    await this.stores.reserved.publishNewAccount();
    return { account, role };
  }

  /** Changes the role, and disables or enables the account. When this returns, the change is effective on all replicas. */
  async change(caller: Caller, key: ServiceAccountKey, { role, disabled }: ServiceAccountChanges) {
    const { id: userId, serviceOf } = await this.find(caller, key);
    const organizationId = serviceOf!;
    const account = await this.stores.audit.act(
      caller,
      async (m) => {
        if (role !== undefined) await this.stores.memberships.setRole({ organizationId, userId, role }, m);
        return this.stores.accounts.change(userId, disabled === undefined ? {} : { disabled }, m);
      },
      () => ({
        action: 'org.update_service_account',
        ownerId: organizationId,
        object: key.account,
        data: { ...(role && { role }), ...(disabled !== undefined && { disabled }) },
      }),
    );
    await this.callers.invalidate(userId);
    if (!account) throw notFound(key);
    return { account, role: (await this.stores.memberships.roleIn(organizationId, userId)) ?? 'read' };
  }

  /** Deletes the account with its tokens. */
  async remove(caller: Caller, key: ServiceAccountKey): Promise<void> {
    const account = await this.find(caller, key);
    await this.stores.audit.act(
      caller,
      (m) => this.stores.accounts.delete(account, m),
      () => ({ action: 'org.delete_service_account', ownerId: account.serviceOf!, object: account.name }),
    );
    await this.callers.invalidate(account.id);
    await this.stores.reserved.publishChange();
  }

  /** @throws HubError `NotFound` if the organization has no such service account */
  async find(caller: Caller, key: ServiceAccountKey): Promise<AccountEntity> {
    const { id } = await this.administered(caller, key.organization);
    const account = await this.accounts.find(key.account);
    if (account?.serviceOf !== id) throw notFound(key);
    return account;
  }

  private async administered(caller: Caller, organization: string): Promise<AccountEntity> {
    requireSession(caller);
    await this.organizations.requireAdmin(caller, organization);
    return this.accounts.getByName(organization, 'organization');
  }
}

const notFound = ({ organization, account }: ServiceAccountKey): HubError =>
  new HubError('NotFound', `"${organization}" has no service account "${account}".`);
