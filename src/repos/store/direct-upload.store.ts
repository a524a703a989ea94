import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, In, type Repository } from 'typeorm';
import { DirectUploadEntity } from './direct-upload.entity.js';

@Injectable()
export class DirectUploadStore {
  private readonly uploads: Repository<DirectUploadEntity>;

  constructor(@InjectDataSource() database: DataSource) {
    this.uploads = database.getRepository(DirectUploadEntity);
  }

  async add(upload: Omit<DirectUploadEntity, 'startedAt'>): Promise<void> {
    await this.uploads.insert(upload);
  }

  find(id: string): Promise<DirectUploadEntity | null> {
    return this.uploads.findOneBy({ id });
  }

  /** Uploads of these LFS objects, most recent first. */
  findByOids(repositoryId: number, oids: readonly string[]): Promise<DirectUploadEntity[]> {
    return this.uploads.find({ where: { repositoryId, oid: In([...oids]) }, order: { startedAt: 'DESC' } });
  }

  async delete(id: string): Promise<void> {
    await this.uploads.delete({ id });
  }
}
