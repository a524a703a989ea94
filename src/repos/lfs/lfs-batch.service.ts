import { Inject, Injectable } from '@nestjs/common';
import type { RequestContext } from '../../fallback/resolver/fallback-request.js';
import type { Caller } from '../../domain/caller.js';
import type { RepoId } from '../../domain/repo-id.js';
import type { LfsAction, LfsBatchAnswer, LfsObject, LfsObjectAnswer } from '../store/wire/lfs.js';
import { lfsObjectError, readLfsObject } from './lfs-object.js';
import { lfsPartSize } from '../store/lfs-parts.js';
import { HUB_CONFIG, type HubConfig } from '../../platform/config/hub-config.js';
import { SourceGit } from '../git/source-git.service.js';
import { ContentReferences } from '../store/content-references.service.js';
import { ConcurrencyLimiter } from '../../platform/async/concurrency-limiter.js';
import { RepoAccessService } from '../store/repo-access.service.js';
import type { BatchRequestDto } from './dto/batch-request.dto.js';
import { DirectUploads } from '../store/direct-uploads.service.js';
import { LfsLinksService, type LfsClaims } from './lfs-links.service.js';
import { LfsObjectsService } from '../store/lfs-objects.service.js';

const AT_ONCE = 16;

/** What a client can do: send a file in parts, send it to another host than the hub's. */
interface Abilities {
  readonly parts: boolean;
  readonly direct: boolean;
}

/** Answers what the LFS protocol asks about large files before and after their bytes move (contract C.5). */
@Injectable()
export class LfsBatchService {
  constructor(
    @Inject(HUB_CONFIG) private readonly config: HubConfig,
    private readonly sources: SourceGit,
    private readonly access: RepoAccessService,
    private readonly objects: LfsObjectsService,
    private readonly vault: ContentReferences,
    private readonly links: LfsLinksService,
    private readonly direct: DirectUploads,
  ) {}

  /**
   * @param stays must the client's bytes pass through the hub?
   * @throws HubError as `RepoAccessService.writable` for uploads; as its `readable` for downloads, and `Moved` to the source that has it
   */
  async answer(repo: RepoId, asking: RequestContext, request: BatchRequestDto, stays: boolean): Promise<LfsBatchAnswer> {
    const objects = request.objects.map(readLfsObject);
    const hashes = objects.map(({ oid }) => oid);
    if (request.operation === 'download') {
      const { id } =
        (await this.access.find(repo, asking.caller)) ?? (await this.sources.leadToLfs(repo, asking));
      const has = await this.objects.present(id, hashes);
      return batch('basic', objects, (object) => this.download(id, object, has.get(object.oid)));
    }
    const { id } = await this.access.writable(repo, asking.caller);
    const has = await this.relyOn(id, hashes);
    const parts = request.transfers?.includes('multipart') ?? false;
    const may = { parts, direct: !stays };
    return batch(parts ? 'multipart' : 'basic', objects, (object) => this.upload(id, object, has.get(object.oid), may));
  }

  /** @throws HubError as `RepoAccessService.readable` and `LfsObjectsService.require` */
  async verify(repo: RepoId, caller: Caller, object: LfsObject): Promise<void> {
    const { id } = await this.access.readable(repo, caller);
    await this.objects.require(id, object);
  }

  /** What is there already will be committed without being sent again: touched first, then looked at, as `ContentReferences` wants it. */
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

  private async upload(
    repository: number,
    { oid, size }: LfsObject,
    here: number | undefined,
    may: Abilities,
  ): Promise<LfsObjectAnswer> {
    if (here === size) return { oid, size };
    if (here !== undefined) return lfsObjectError({ oid, size }, 422, `The content of this SHA-256 has ${here} bytes`);
    const claims = { repository, oid, size };
    const upload = await this.way(claims, may);
    return { oid, size, actions: { upload, verify: this.links.verify(claims) } };
  }

  /** Straight to the store where clients reach it, else through the hub; in parts where it is large and the client can. */
  private async way(claims: LfsClaims, may: Abilities): Promise<LfsAction> {
    const { repository, size } = claims;
    const wanted = may.parts ? lfsPartSize(size, this.config.lfsPartSize) : size;
    const direct = may.direct ? this.direct.partSize(size, wanted) : undefined;
    if (direct === undefined)
      return size > wanted ? this.links.uploadInParts(claims, wanted) : this.links.upload(claims);
    const begun = await this.direct.begin(repository, claims, direct);
    return size > direct ? this.links.directInParts(claims, direct, begun) : this.links.direct(begun.links[0]!);
  }
}

/** Objects are answered side by side: each that goes straight to the store is a question to it. */
async function batch(
  transfer: LfsBatchAnswer['transfer'],
  objects: readonly (LfsObject | LfsObjectAnswer)[],
  answer: (object: LfsObject) => LfsObjectAnswer | Promise<LfsObjectAnswer>,
): Promise<LfsBatchAnswer> {
  const answers: LfsObjectAnswer[] = [];
  const limiter = new ConcurrencyLimiter(AT_ONCE);
  try {
    for (const [at, object] of objects.entries())
      await limiter.start(async () => void (answers[at] = 'error' in object ? object : await answer(object)));
    await limiter.drain();
  } finally {
    await limiter.settle();
  }
  const inParts = answers.some(({ actions }) => actions?.upload?.header !== undefined);
  return { transfer: inParts ? transfer : 'basic', objects: answers, hash_algo: 'sha256' };
}
