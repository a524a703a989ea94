import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { AvatarEntity } from './avatar.entity.js';
import type { AvatarImage } from './avatar-encoder.service.js';

@Injectable()
export class AvatarStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  find(accountId: number): Promise<AvatarEntity | null> {
    return this.database.manager.findOneBy(AvatarEntity, { accountId });
  }

  /** Replaces an existing avatar. */
  async put(m: EntityManager, accountId: number, image: AvatarImage): Promise<void> {
    await m.upsert(AvatarEntity, { accountId, ...image, updatedAt: new Date() }, ['accountId']);
  }

  /** @returns whether there was one */
  async delete(m: EntityManager, accountId: number): Promise<boolean> {
    return (await m.delete(AvatarEntity, { accountId })).affected === 1;
  }
}
