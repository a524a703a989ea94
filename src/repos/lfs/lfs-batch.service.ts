import { Inject, Injectable } from '@nestjs/common';
import type { Caller } from '../../hub/language/caller.js';
import type { RepoId } from '../../hub/language/repo-id.js';
import type { LfsBatchAnswer, LfsObject, LfsObjectAnswer } from '../../hub/language/wire/lfs.js';
import { lfsObjectError, readLfsObject } from '../../hub/rules/lfs-object.js';
import { lfsPartSize } from '../../hub/rules/lfs-parts.js';
import { HUB_CONFIG, type HubConfig } from '../../platform/config/hub-config.js';
import { ContentVault } from '../store/content-vault.service.js';
import { RepositoryAccess } from '../store/repository-access.service.js';
import type { BatchRequestDto } from './dto/batch-request.dto.js';
import { LfsLinksService } from './lfs-links.service.js';
import { LfsObjectsService } from './lfs-objects.service.js';

/** Answers what the LFS protocol asks about large files before and after their bytes move (contract C.5). */
@Injectable()
export class LfsBatchService {
  constructor(
    @Inject(HUB_CONFIG) private readonly config: HubConfig,
    private readonly access: RepositoryAccess,
    private readonly objects: LfsObjectsService,
    private readonly vault: ContentVault,
    private readonly links: LfsLinksService,
  ) {}

  /** @throws HubError as `RepositoryAccess.writable` for uploads, as its `readable` for downloads */
  async answer(repo: RepoId, caller: Caller, request: BatchRequestDto): Promise<LfsBatchAnswer> {
    const objects = request.objects.map(readLfsObject);
    const hashes = objects.map(({ oid }) => oid);
    if (request.operation === 'download') {
      const { id } = await this.access.readable(repo, caller);
      const has = await this.objects.present(id, hashes);
      return batch('basic', objects, (object) => this.download(id, object, has.get(object.oid)));
    }
    const { id } = await this.access.writable(repo, caller);
    const has = await this.relyOn(id, hashes);
    const parts = request.transfers?.includes('multipart') ?? false;
    return batch(parts ? 'multipart' : 'basic', objects, (object) =>
      this.upload(id, object, has.get(object.oid), parts),
    );
  }

  /** @throws HubError as `RepositoryAccess.readable` and `LfsObjectsService.require` */
  async verify(repo: RepoId, caller: Caller, object: LfsObject): Promise<void> {
    const { id } = await this.access.readable(repo, caller);
    await this.objects.require(id, object);
  }

  /** What is there already will be committed without being sent again: touched first, then looked at, as `ContentVault` wants it. */
  private async relyOn(repositoryId: number, hashes: readonly string[]): Promise<Map<string, number>> {
    const here = await this.objects.present(repositoryId, hashes);
    if (here.size === 0) return here;
    await this.vault.touch([...here.keys()]);
    return this.objects.present(repositoryId, hashes);
  }

  private download(repository: number, object: LfsObject, size: number | undefined): LfsObjectAnswer {
    if (size === undefined) return lfsObjectError(object, 404, 'This repository has no such large file');
    const download = this.links.download({ repository, oid: object.oid, size });
    return { oid: object.oid, size, authenticated: true, actions: { download } };
  }

  private upload(
    repository: number,
    { oid, size }: LfsObject,
    here: number | undefined,
    mayPart: boolean,
  ): LfsObjectAnswer {
    if (here === size) return { oid, size };
    if (here !== undefined) return lfsObjectError({ oid, size }, 422, `The content of this SHA-256 has ${here} bytes`);
    const claims = { repository, oid, size };
    const partSize = lfsPartSize(size, this.config.lfsPartSize);
    const upload = mayPart && size > partSize ? this.links.uploadInParts(claims, partSize) : this.links.upload(claims);
    return { oid, size, actions: { upload, verify: this.links.verify(claims) } };
  }
}

function batch(
  transfer: LfsBatchAnswer['transfer'],
  objects: readonly (LfsObject | LfsObjectAnswer)[],
  answer: (object: LfsObject) => LfsObjectAnswer,
): LfsBatchAnswer {
  const answers = objects.map((object) => ('error' in object ? object : answer(object)));
  const inParts = answers.some(({ actions }) => actions?.upload?.header !== undefined);
  return { transfer: inParts ? transfer : 'basic', objects: answers, hash_algo: 'sha256' };
}
