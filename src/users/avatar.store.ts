import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { AvatarEntity } from './avatar.entity.js';
import type { AvatarImage } from './avatar-encoder.service.js';

/** Pictures as they lie in the database. */
@Injectable()
export class AvatarStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  find(accountId: number): Promise<AvatarEntity | null> {
    return this.database.manager.findOneBy(AvatarEntity, { accountId });
  }

  /** In the place of the one before. */
  async put(accountId: number, picture: AvatarImage): Promise<void> {
    await this.database.manager.upsert(AvatarEntity, { accountId, ...picture, updatedAt: new Date() }, ['accountId']);
  }

  async delete(accountId: number): Promise<void> {
    await this.database.manager.delete(AvatarEntity, { accountId });
  }
}
