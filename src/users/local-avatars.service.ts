import { Injectable } from '@nestjs/common';
import type { Caller } from '../domain/caller.js';
import { requireWriteAccess } from '../domain/require-caller.js';
import { AuditLog, type AuditEvent } from '../platform/audit/audit-log.service.js';
import type { AccountEntity } from './account.entity.js';
import { SETTINGS_ACTIONS } from './account-settings.service.js';
import { AccountsService, type AccountKey } from './accounts.service.js';
import { AvatarStore } from './avatar.store.js';
import { AvatarEncoder, type AvatarImage } from './avatar-encoder.service.js';

/** Avatars of local accounts. */
@Injectable()
export class LocalAvatarsService {
  constructor(
    private readonly accounts: AccountsService,
    private readonly store: AvatarStore,
    private readonly encoder: AvatarEncoder,
    private readonly audit: AuditLog,
  ) {}

  async find(account: AccountEntity): Promise<AvatarImage | undefined> {
    return (await this.store.find(account.id)) ?? undefined;
  }

  /**
   * Sets or replaces the avatar.
   * @param readBody - called only after the caller was authorized
   * @returns the account with its new `avatarSha256`
   * @throws HubError `NotFound`, `Unauthorized`, `Forbidden` if the caller does not administer the account, `BadRequest` for an invalid
   * image
   */
  async put(caller: Caller, key: AccountKey, readBody: () => Promise<Buffer>): Promise<AccountEntity> {
    requireWriteAccess(caller);
    const account = await this.accounts.requireAdministered(caller, key);
    const image = await this.encoder.encode(await readBody());
    await this.audit.act(
      caller,
      (m) => this.store.put(m, account.id, image),
      () => avatarEvent(account),
    );
    return { ...account, avatarSha256: image.sha256 };
  }

  /**
   * Deletes the avatar, if there is one.
   * @throws HubError see `put`
   */
  async delete(caller: Caller, key: AccountKey): Promise<void> {
    requireWriteAccess(caller);
    const account = await this.accounts.requireAdministered(caller, key);
    await this.audit.act(
      caller,
      (m) => this.store.delete(m, account.id),
      (isDeleted) => (isDeleted ? avatarEvent(account) : undefined),
    );
  }
}

const avatarEvent = ({ id, kind }: AccountEntity): AuditEvent => ({
  action: SETTINGS_ACTIONS[kind],
  ownerId: id,
  data: { fields: ['avatar'] },
});
