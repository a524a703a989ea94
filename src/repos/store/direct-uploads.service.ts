import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { UrlBuilder } from '../../domain/url-builder.js';
import { HubError } from '../../domain/hub-error.js';
import type { LfsObject } from './wire/lfs.js';
import { lfsPartCount } from './lfs-parts.js';
import {
  DIRECT_TRANSFER,
  directTransferFor,
  type UploadedPart,
  type DirectTransfer,
} from '../../platform/storage/direct-transfer.js';
import type { StoredPart } from '../../platform/storage/part-store.js';
import { QuotaService } from '../quota/quota.service.js';
import { ContentReferences } from './content-references.service.js';
import { KeyedMutex } from '../../platform/async/keyed-mutex.js';
import type { DirectUploadEntity } from './direct-upload.entity.js';
import { DirectUploadStore } from './direct-upload.store.js';
import { LfsObjectsService } from './lfs-objects.service.js';

const MIB = 1024 * 1024;
/** Minimum part size of S3. Smaller files are uploaded through the hub, which takes fewer requests. */
const MIN_PART_BYTES = 5 * MIB;
/** Maximum part size of S3. */
const MAX_PART_BYTES = 5 * 1024 * MIB;
/** Validity of upload links, in seconds. */
const ONE_DAY_S = 86_400;

/** A started upload. */
export interface StartedUpload {
  readonly id: string;
  /** Upload links of the parts, in order. */
  readonly links: readonly string[];
}

/**
 * Uploads of LFS objects directly from clients to the object store. When a client reports completion, the hub reads and verifies the
 * content before it becomes an LFS object of the repository. Clients that never report completion (`@huggingface/hub`, for single-part
 * files: contract C.5) reference the file in a commit, which calls `importArrived`.
 */
@Injectable()
export class DirectUploads {
  private readonly mutex = new KeyedMutex();

  constructor(
    @Inject(DIRECT_TRANSFER) private readonly transfer: DirectTransfer | undefined,
    private readonly uploads: DirectUploadStore,
    private readonly objects: LfsObjectsService,
    private readonly references: ContentReferences,
    private readonly quotas: QuotaService,
  ) {}

  /** Whether clients of the hub under this address may upload directly. */
  isAvailableFor(urls: UrlBuilder): boolean {
    return directTransferFor(this.transfer, urls) !== undefined;
  }

  /** Part size in bytes for a direct upload (the last part may be smaller); `undefined` if the file must be uploaded through the hub. */
  partSize(size: number, wanted: number): number | undefined {
    if (this.transfer === undefined || size < MIN_PART_BYTES) return undefined;
    const partSize = Math.max(wanted, MIN_PART_BYTES);
    return Math.min(size, partSize) <= MAX_PART_BYTES ? partSize : undefined;
  }

  /** @throws HubError `StorageUnavailable` */
  async begin(repositoryId: number, { oid, size }: LfsObject, partSize: number): Promise<StartedUpload> {
    const transfer = this.requireTransfer();
    const id = randomUUID();
    const upload = await transfer.begin();
    await this.uploads.add({ id, repositoryId, oid, size, ...upload });
    const numbers = Array.from({ length: lfsPartCount(size, partSize) }, (_, at) => at + 1);
    const links = await Promise.all(numbers.map((number) => transfer.partLink(upload, number, ONE_DAY_S)));
    return { id, links };
  }

  /**
   * Assembles the parts and imports the content. Safe to call again, even while a previous call is running.
   *
   * @throws HubError `BadRequest` if a part is missing or has another ETag, or if the content has another hash
   */
  async complete(id: string, repositoryId: number, oid: string, requestedParts: readonly StoredPart[]): Promise<void> {
    await this.mutex.runExclusive(`${repositoryId}:${oid}`, async () => {
      if (await this.isImported(repositoryId, oid)) return;
      const upload = await this.uploads.find(id);
      if (!upload || !(await this.assemble(upload, (parts) => selectRequestedParts(parts, requestedParts))))
        throw new HubError('BadRequest', 'The parts of this upload no longer exist. Upload the file again.');
      await this.import(upload);
    });
  }

  /**
   * Imports LFS objects that have been uploaded completely but not been imported yet. Other ids are ignored.
   *
   * @throws HubError `BadRequest` if content differs from the announced hash or size
   */
  async importArrived(repositoryId: number, oids: readonly string[]): Promise<void> {
    if (this.transfer === undefined || oids.length === 0) return;
    const uploads = await this.uploads.findByOids(repositoryId, oids);
    for (const upload of uploads) {
      await this.mutex.runExclusive(`${repositoryId}:${upload.oid}`, async () => {
        if (await this.isImported(repositoryId, upload.oid)) return;
        if (await this.assemble(upload, (parts) => allPartsOf(parts, upload.size))) await this.import(upload);
      });
    }
  }

  private async isImported(repositoryId: number, oid: string): Promise<boolean> {
    return (await this.objects.intact(repositoryId, [oid])).has(oid);
  }

  /** Returns true once the parts have been assembled into an object, after which they can no longer be replaced. */
  private async assemble(
    upload: DirectUploadEntity,
    choose: (arrived: readonly UploadedPart[]) => readonly StoredPart[] | undefined,
  ): Promise<boolean> {
    const arrived = await this.requireTransfer().parts(upload);
    if (arrived === undefined) return (await this.requireTransfer().size(upload)) !== undefined;
    const parts = choose(arrived);
    if (parts !== undefined) await this.requireTransfer().assemble(upload, parts);
    return parts !== undefined;
  }

  private async import(upload: DirectUploadEntity): Promise<void> {
    const transfer = this.requireTransfer();
    const { repositoryId, oid, size } = upload;
    try {
      await this.quotas.admit(repositoryId, [{ key: oid, bytes: size }]);
      const publish = (): Promise<void> => transfer.publish(upload, oid, size);
      const stored = await this.references.receiveUploaded(transfer.read(upload), { sha256: oid, size }, publish);
      await this.objects.add(repositoryId, stored);
    } catch (error) {
      const isInvalid = error instanceof HubError && error.code === 'BadRequest';
      const isAlreadyImported = !isInvalid && (await this.isImported(repositoryId, oid)); // by another replica
      if (isInvalid) await this.discard(upload);
      if (!isAlreadyImported) throw error;
    }
    await this.discard(upload);
  }

  private async discard(upload: DirectUploadEntity): Promise<void> {
    await this.requireTransfer().drop(upload);
    await this.uploads.delete(upload.id);
  }

  private requireTransfer(): DirectTransfer {
    if (this.transfer) return this.transfer;
    throw new HubError(
      'BadRequest',
      'Direct uploads to the object store are no longer enabled. Start the upload again.',
    );
  }
}

/** @throws HubError `BadRequest` if one of the requested parts was not uploaded */
function selectRequestedParts(
  arrived: readonly UploadedPart[],
  requestedParts: readonly StoredPart[],
): readonly StoredPart[] {
  const etags = new Map(arrived.map(({ partNumber, etag }) => [partNumber, etag]));
  const missing = requestedParts.find(({ partNumber, etag }) => etags.get(partNumber) !== etag);
  if (!missing) return requestedParts;
  throw new HubError('BadRequest', `Part ${missing.partNumber} with the ETag "${missing.etag}" was not uploaded`);
}

/** Returns all parts if together they have the expected size. */
function allPartsOf(arrived: readonly UploadedPart[], size: number): readonly StoredPart[] | undefined {
  return arrived.reduce((sum, part) => sum + part.size, 0) === size ? arrived : undefined;
}
