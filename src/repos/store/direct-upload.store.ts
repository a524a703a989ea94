import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, In, type Repository } from 'typeorm';
import { DirectUploadEntity } from './direct-upload.entity.js';

/** Uploads that go straight to the store, as they lie in the database. */
@Injectable()
export class DirectUploadStore {
  private readonly uploads: Repository<DirectUploadEntity>;

  constructor(@InjectDataSource() database: DataSource) {
    this.uploads = database.getRepository(DirectUploadEntity);
  }

  async add(upload: Omit<DirectUploadEntity, 'begunAt'>): Promise<void> {
    await this.uploads.insert(upload);
  }

  find(id: string): Promise<DirectUploadEntity | null> {
    return this.uploads.findOneBy({ id });
  }

  /** All that are to become these large files of the repository, the youngest first. */
  of(repositoryId: number, oids: readonly string[]): Promise<DirectUploadEntity[]> {
    return this.uploads.find({ where: { repositoryId, oid: In([...oids]) }, order: { begunAt: 'DESC' } });
  }

  async delete(id: string): Promise<void> {
    await this.uploads.delete({ id });
  }
}
