import type { IncomingMessage } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import { HubError } from '../../domain/hub-error.js';
import type { LfsObject } from '../store/wire/lfs.js';
import { lfsPartCount, lfsPartLength, orderLfsParts, type LfsPart } from '../store/lfs-parts.js';
import { contentLength, requestBody } from '../../platform/http/request-body.js';
import { PART_STORE, type PartStore, type StoredPart } from '../../platform/storage/part-store.js';
import { KeyedMutex } from '../../platform/async/keyed-mutex.js';
import { DirectUploads } from '../store/direct-uploads.service.js';
import { LfsLinksService, type LfsPartsClaims } from './lfs-links.service.js';
import { LfsObjectsService } from '../store/lfs-objects.service.js';

/** Takes the bytes of large files, whole or in parts, from whoever has a link to do so. */
@Injectable()
export class LfsUploadsService {
  private readonly mutex = new KeyedMutex();

  constructor(
    private readonly links: LfsLinksService,
    private readonly objects: LfsObjectsService,
    private readonly direct: DirectUploads,
    @Inject(PART_STORE) private readonly parts: PartStore,
  ) {}

  /**
   * Takes a whole file. Sending it again is fine.
   * @throws HubError `Forbidden` for a link that is not valid, `BadRequest` for other bytes than announced, `RepoNotFound` when the
   * repository is no more
   */
  async put(capability: string, request: IncomingMessage): Promise<void> {
    const { repository, oid, size } = this.links.readUpload(capability);
    requireLength(request, size);
    await this.objects.receive(repository, requestBody(request), { sha256: oid, size });
  }

  /** Has it arrived? @throws HubError `Forbidden` for a link that is not valid, and as `LfsObjectsService.require` */
  async verify(capability: string, object: LfsObject): Promise<void> {
    const { repository } = this.links.readUpload(capability);
    await this.direct.importArrived(repository, [object.oid]);
    await this.objects.require(repository, object);
  }

  /** Takes a part; the ETag to name it by. @throws HubError `Forbidden`, `BadRequest` */
  async putPart(capability: string, partNumber: number, request: IncomingMessage): Promise<string> {
    const { upload, size, partSize } = this.claimsOfParts(capability);
    const length = lfsPartLength(partNumber, size, partSize);
    if (length === undefined) {
      const count = lfsPartCount(size, partSize);
      throw new HubError('BadRequest', `There is no part ${partNumber}: the parts are 1 to ${count}`);
    }
    requireLength(request, length);
    return this.parts.put(upload, partNumber, requestBody(request), length);
  }

  /**
   * Puts the parts together. RequestContext again is fine, also while it is being done.
   * @throws HubError `Forbidden`; `BadRequest` for a part that is missing or another than named, or when the whole has another hash
   */
  async complete(capability: string, oid: string, named: readonly LfsPart[]): Promise<void> {
    const claims = this.claimsOfParts(capability);
    if (oid !== claims.oid) throw new HubError('BadRequest', `This link is for ${claims.oid}, not for ${oid}`);
    const parts = inOrder(claims, named);
    if (claims.direct) return this.direct.complete(claims.upload, claims.repository, oid, parts);
    await this.mutex.runExclusive(claims.upload, async () => {
      if ((await this.objects.present(claims.repository, [oid])).has(oid)) return;
      await this.requireParts(claims, parts);
      const content = this.parts.read(claims.upload, parts);
      await this.objects.receive(claims.repository, content, { sha256: oid, size: claims.size });
    });
    await this.parts.drop(claims.upload);
  }

  private async requireParts({ upload }: LfsPartsClaims, parts: readonly StoredPart[]): Promise<void> {
    for (const part of parts) {
      if (await this.parts.has(upload, part)) continue;
      throw new HubError('BadRequest', `Part ${part.partNumber} with the ETag "${part.etag}" was not uploaded`);
    }
  }

  private claimsOfParts(capability: string): LfsPartsClaims {
    const { upload, partSize, ...claims } = this.links.readUpload(capability);
    if (upload !== undefined && partSize !== undefined) return { ...claims, upload, partSize };
    throw new HubError('BadRequest', 'This link is for an upload in one piece');
  }
}

/** @throws HubError `BadRequest` when one of the parts is not named */
function inOrder({ size, partSize }: LfsPartsClaims, named: readonly LfsPart[]): readonly StoredPart[] {
  const parts = orderLfsParts(named, lfsPartCount(size, partSize));
  if (typeof parts === 'string') throw new HubError('BadRequest', parts);
  return parts;
}

/** @throws HubError `BadRequest` before a byte is read of a body that cannot be right */
function requireLength(request: IncomingMessage, expected: number): void {
  const length = contentLength(request);
  if (length === undefined || length === expected) return;
  throw new HubError('BadRequest', `The body has ${length} bytes (Content-Length), not ${expected} as announced`);
}
