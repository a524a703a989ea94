import type { IncomingMessage } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import { HubError } from '../../domain/hub-error.js';
import type { LfsObject } from '../store/wire/lfs.js';
import { lfsPartCount, lfsPartLength, orderLfsParts, type LfsPart } from '../store/lfs-parts.js';
import type { HubRequest } from '../../platform/http/hub-request.js';
import { contentLength, uncompressedBody } from '../../platform/http/request-body.js';
import { PART_STORE, type PartStore, type StoredPart } from '../../platform/storage/part-store.js';
import { KeyedMutex } from '../../platform/async/keyed-mutex.js';
import { DirectUploads } from '../store/direct-uploads.service.js';
import { AccessGrants } from '../store/access-grants.store.js';
import { LfsLinksService, type LfsClaims, type LfsPartsClaims } from './lfs-links.service.js';
import { LfsObjectsService } from '../store/lfs-objects.service.js';
import { QuotaService, RUNNING_S } from '../quota/quota.service.js';
import { UploadLimits } from '../quota/upload-limits.service.js';

/** Receives large files, in one piece or in parts, from callers with an upload link. */
@Injectable()
export class LfsUploadsService {
  private readonly mutex = new KeyedMutex();

  constructor(
    private readonly links: LfsLinksService,
    private readonly objects: LfsObjectsService,
    private readonly direct: DirectUploads,
    private readonly grants: AccessGrants,
    private readonly quotas: QuotaService,
    private readonly limits: UploadLimits,
    @Inject(PART_STORE) private readonly parts: PartStore,
  ) {}

  /**
   * Receives a file in one piece. Can be repeated.
   *
   * @throws HubError `Forbidden` for an invalid link, `BadRequest` if the content does not have the announced hash and size,
   * `RepoNotFound` if the repository was deleted, `QuotaExceeded`, `PayloadTooLarge`, `StorageFull`
   */
  async put(capability: string, request: HubRequest): Promise<void> {
    const { repository, oid, size } = await this.claims(capability);
    requireLength(request, size);
    this.limits.requireSize(size);
    await this.limits.requireSpace(size);
    const memory = request.shares?.buffersFor(request);
    await this.objects.receive(repository, uncompressedBody(request), { sha256: oid, size, memory });
  }

  /**
   * Checks that a file has been uploaded.
   *
   * @throws HubError `Forbidden` for an invalid link, and as `LfsObjectsService.require`
   */
  async verify(capability: string, object: LfsObject): Promise<void> {
    const { repository } = await this.claims(capability);
    await this.direct.importArrived(repository, [object.oid]);
    await this.objects.require(repository, object);
  }

  /**
   * Receives a part.
   *
   * @returns the part's ETag
   * @throws HubError `Forbidden`, `BadRequest`, `QuotaExceeded`, `PayloadTooLarge`, `StorageFull`
   */
  async putPart(capability: string, partNumber: number, request: HubRequest): Promise<string> {
    const { repository, oid, upload, size, partSize } = await this.partsClaims(capability);
    const length = lfsPartLength(partNumber, size, partSize);
    if (length === undefined) {
      const count = lfsPartCount(size, partSize);
      throw new HubError('BadRequest', `Part ${partNumber} does not exist. The parts are 1 to ${count}.`);
    }
    requireLength(request, length);
    this.limits.requireSize(size);
    await this.limits.requireSpace(length);
    await this.quotas.admit(repository, [{ key: oid, bytes: size }], { seconds: RUNNING_S });
    const memory = request.shares?.buffersFor(request);
    return this.parts.put(upload, partNumber, uncompressedBody(request), { size: length, memory });
  }

  /**
   * Creates the file from its parts. Can be repeated, even concurrently.
   *
   * @param request - whose client has a share of the memory
   * @throws HubError `Forbidden`; `BadRequest` if a part is missing or has another ETag, or if the file has another hash
   */
  async complete(
    capability: string,
    { oid, parts: listed }: { readonly oid: string; readonly parts: readonly LfsPart[] },
    request: HubRequest,
  ): Promise<void> {
    const claims = await this.partsClaims(capability);
    if (oid !== claims.oid) throw new HubError('BadRequest', `This link is for ${claims.oid}, not for ${oid}`);
    const parts = orderParts(claims, listed);
    if (claims.direct) return this.direct.complete(claims.upload, claims.repository, oid, parts);
    await this.mutex.runExclusive(claims.upload, async () => {
      if ((await this.objects.intact(claims.repository, [oid])).has(oid)) return;
      await this.requireParts(claims, parts);
      const content = this.parts.read(claims.upload, parts);
      const memory = request.shares?.buffersFor(request);
      await this.objects.receive(claims.repository, content, { sha256: oid, size: claims.size, memory });
    });
    await this.parts.drop(claims.upload);
  }

  private async requireParts({ upload }: LfsPartsClaims, parts: readonly StoredPart[]): Promise<void> {
    for (const part of parts) {
      if (await this.parts.has(upload, part)) continue;
      throw new HubError('BadRequest', `Part ${part.partNumber} with the ETag "${part.etag}" was not uploaded`);
    }
  }

  /** @throws HubError `Forbidden` for an invalid link, and as `AccessGrants.check` */
  async claims(capability: string): Promise<LfsClaims & Partial<LfsPartsClaims>> {
    const claims = this.links.readUpload(capability);
    await this.grants.check(claims, 'write');
    return claims;
  }

  private async partsClaims(capability: string): Promise<LfsPartsClaims> {
    const { upload, partSize, ...claims } = await this.claims(capability);
    if (upload !== undefined && partSize !== undefined) return { ...claims, upload, partSize };
    throw new HubError('BadRequest', 'This link is for an upload in one piece');
  }
}

/** @throws HubError `BadRequest` if a part is missing or invalid */
function orderParts({ size, partSize }: LfsPartsClaims, listed: readonly LfsPart[]): readonly StoredPart[] {
  const parts = orderLfsParts(listed, lfsPartCount(size, partSize));
  if (typeof parts === 'string') throw new HubError('BadRequest', parts);
  return parts;
}

/** Rejects a request with the wrong `Content-Length` before its body is read. */
function requireLength(request: IncomingMessage, expected: number): void {
  const length = contentLength(request);
  if (length === undefined || length === expected) return;
  throw new HubError('BadRequest', `Content-Length is ${length}, but ${expected} bytes were announced`);
}
