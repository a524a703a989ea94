import { buffer } from 'node:stream/consumers';
import { Injectable } from '@nestjs/common';
import type { Caller } from '../domain/caller.js';
import { requireWriting } from '../domain/require-caller.js';
import type { AccountEntity } from './account.entity.js';
import { AccountsService, type AccountKey } from './accounts.service.js';
import { AvatarStore } from './avatar.store.js';
import { AvatarEncoder, type AvatarImage } from './avatar-encoder.service.js';

/** The pictures of accounts. */
@Injectable()
export class LocalAvatarsService {
  constructor(
    private readonly accounts: AccountsService,
    private readonly stored: AvatarStore,
    private readonly pictures: AvatarEncoder,
  ) {}

  /** The picture of an account of the hub's own; undefined for none. */
  async of(account: AccountEntity): Promise<AvatarImage | undefined> {
    return (await this.stored.find(account.id)) ?? undefined;
  }

  /**
   * Gives the account another picture.
   * @param sent asked for only when the caller may do it
   * @returns the account with its picture
   * @throws HubError `NotFound`, `Unauthorized`, `Forbidden` for anybody else's account, `BadRequest` as `AvatarEncoder`
   */
  async put(caller: Caller, key: AccountKey, sent: () => AsyncIterable<Buffer>): Promise<AccountEntity> {
    requireWriting(caller);
    const account = await this.accounts.requireAdministered(caller, key);
    const picture = await this.pictures.encode(await buffer(sent()));
    await this.stored.put(account.id, picture);
    return { ...account, avatarSha256: picture.sha256 };
  }

  /** Takes the picture away, if there is one. @throws HubError as `put` */
  async delete(caller: Caller, key: AccountKey): Promise<void> {
    requireWriting(caller);
    const { id } = await this.accounts.requireAdministered(caller, key);
    await this.stored.delete(id);
  }
}
