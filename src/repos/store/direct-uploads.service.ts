import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { HubError } from '../../domain/hub-error.js';
import type { LfsObject } from './wire/lfs.js';
import { lfsPartCount } from './lfs-parts.js';
import { DIRECT_TRANSFER, type ArrivedPart, type DirectTransfer } from '../../platform/storage/direct-transfer.js';
import type { StoredPart } from '../../platform/storage/part-store.js';
import { ContentReferences } from './content-references.service.js';
import { Turns } from '../../platform/async/turns.js';
import type { DirectUploadEntity } from './direct-upload.entity.js';
import { DirectUploadStore } from './direct-upload.store.js';
import { LfsObjectsService } from './lfs-objects.service.js';

const MIB = 1024 * 1024;
/** S3's smallest part. What is smaller, as a whole, costs fewer requests through the hub. */
const SMALLEST_PART = 5 * MIB;
/** S3's largest part. */
const LARGEST_PART = 5 * 1024 * MIB;
/** So long the links of an upload are valid. */
const ONE_DAY_S = 86_400;

/** An upload that a client may begin. */
export interface StartedUpload {
  readonly id: string;
  /** Where its parts go, in order. */
  readonly links: readonly string[];
}

/**
 * Large files that go straight from clients to the store. What a client says has arrived, the hub reads and hashes itself: then it is a
 * large file of the repository, and not before. Clients that never say so (`@huggingface/hub`, of a file in one piece: contract C.5)
 * name the file in a commit, which asks here.
 */
@Injectable()
export class DirectUploads {
  private readonly turns = new Turns();

  constructor(
    @Inject(DIRECT_TRANSFER) private readonly transfer: DirectTransfer | undefined,
    private readonly uploads: DirectUploadStore,
    private readonly objects: LfsObjectsService,
    private readonly vault: ContentReferences,
  ) {}

  /** Bytes of each part but the last of a file that goes straight to the store; undefined when it goes through the hub. */
  partSize(size: number, wanted: number): number | undefined {
    if (this.transfer === undefined || size < SMALLEST_PART) return undefined;
    const partSize = Math.max(wanted, SMALLEST_PART);
    return Math.min(size, partSize) <= LARGEST_PART ? partSize : undefined;
  }

  /** @throws HubError `StorageUnavailable` */
  async begin(repositoryId: number, { oid, size }: LfsObject, partSize: number): Promise<StartedUpload> {
    const transfer = this.direct();
    const id = randomUUID();
    const upload = await transfer.begin();
    await this.uploads.add({ id, repositoryId, oid, size, ...upload });
    const numbers = Array.from({ length: lfsPartCount(size, partSize) }, (_, at) => at + 1);
    const links = await Promise.all(numbers.map((number) => transfer.partLink(upload, number, ONE_DAY_S)));
    return { id, links };
  }

  /**
   * Puts the named parts together and takes the whole. Asking again is fine, also while it is being done.
   * @throws HubError `BadRequest` for a part that is not there as named, or when the whole has another hash
   */
  async complete(id: string, repositoryId: number, oid: string, named: readonly StoredPart[]): Promise<void> {
    await this.turns.take(`${repositoryId}:${oid}`, async () => {
      if (await this.isHere(repositoryId, oid)) return;
      const upload = await this.uploads.find(id);
      if (!upload || !(await this.assemble(upload, (parts) => asNamed(parts, named))))
        throw new HubError('BadRequest', 'The parts of this upload are not here any more: upload the file again');
      await this.take(upload);
    });
  }

  /**
   * Takes whatever has arrived whole of these large files and was not taken yet.
   * @throws HubError `BadRequest` for content of another hash or size than announced
   */
  async settle(repositoryId: number, oids: readonly string[]): Promise<void> {
    if (this.transfer === undefined || oids.length === 0) return;
    const uploads = await this.uploads.of(repositoryId, oids);
    for (const upload of uploads) {
      await this.turns.take(`${repositoryId}:${upload.oid}`, async () => {
        if (await this.isHere(repositoryId, upload.oid)) return;
        if (await this.assemble(upload, (parts) => allOf(parts, upload.size))) await this.take(upload);
      });
    }
  }

  private async isHere(repositoryId: number, oid: string): Promise<boolean> {
    return (await this.objects.present(repositoryId, [oid])).has(oid);
  }

  /** True when the upload is an object of the store now: nothing that was sent can be replaced any more. */
  private async assemble(
    upload: DirectUploadEntity,
    choose: (arrived: readonly ArrivedPart[]) => readonly StoredPart[] | undefined,
  ): Promise<boolean> {
    const arrived = await this.direct().parts(upload);
    if (arrived === undefined) return (await this.direct().size(upload)) !== undefined;
    const parts = choose(arrived);
    if (parts !== undefined) await this.direct().assemble(upload, parts);
    return parts !== undefined;
  }

  private async take(upload: DirectUploadEntity): Promise<void> {
    const transfer = this.direct();
    const { repositoryId, oid, size } = upload;
    try {
      const publish = (): Promise<void> => transfer.publish(upload, oid, size);
      const stored = await this.vault.receiveArrived(transfer.read(upload), { sha256: oid, size }, publish);
      await this.objects.note(repositoryId, stored);
    } catch (error) {
      const wrong = error instanceof HubError && error.code === 'BadRequest';
      const takenElsewhere = !wrong && (await this.isHere(repositoryId, oid)); // by another replica, which has dropped it
      if (wrong) await this.forget(upload);
      if (!takenElsewhere) throw error;
    }
    await this.forget(upload);
  }

  private async forget(upload: DirectUploadEntity): Promise<void> {
    await this.direct().drop(upload);
    await this.uploads.delete(upload.id);
  }

  private direct(): DirectTransfer {
    if (this.transfer) return this.transfer;
    throw new HubError('BadRequest', 'The hub does not let uploads go straight to its store any more: begin again');
  }
}

/** @throws HubError `BadRequest` when one of these is not there */
function asNamed(arrived: readonly ArrivedPart[], named: readonly StoredPart[]): readonly StoredPart[] {
  const etags = new Map(arrived.map(({ partNumber, etag }) => [partNumber, etag]));
  const missing = named.find(({ partNumber, etag }) => etags.get(partNumber) !== etag);
  if (!missing) return named;
  throw new HubError('BadRequest', `Part ${missing.partNumber} with the ETag "${missing.etag}" was not uploaded`);
}

/** All parts, when they make up the whole. */
function allOf(arrived: readonly ArrivedPart[], size: number): readonly StoredPart[] | undefined {
  return arrived.reduce((sum, part) => sum + part.size, 0) === size ? arrived : undefined;
}
