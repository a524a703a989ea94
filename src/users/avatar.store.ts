import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { AvatarEntity } from './avatar.entity.js';
import type { AvatarImage } from './avatar-encoder.service.js';

@Injectable()
export class AvatarStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  find(accountId: number): Promise<AvatarEntity | null> {
    return this.database.manager.findOneBy(AvatarEntity, { accountId });
  }

  /** Replaces an existing avatar. */
  async put(accountId: number, image: AvatarImage): Promise<void> {
    await this.database.manager.upsert(AvatarEntity, { accountId, ...image, updatedAt: new Date() }, ['accountId']);
  }

  async delete(accountId: number): Promise<void> {
    await this.database.manager.delete(AvatarEntity, { accountId });
  }
}
