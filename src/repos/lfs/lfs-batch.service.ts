import { Inject, Injectable } from '@nestjs/common';
import type { RequestContext } from '../../fallback/resolver/fallback-request.js';
import type { Caller } from '../../domain/caller.js';
import type { RepoId } from '../../domain/repo-id.js';
import type { UrlBuilder } from '../../domain/url-builder.js';
import type { LfsAction, LfsBatchResponse, LfsObject, LfsObjectResponse } from '../store/wire/lfs.js';
import { batchResponse } from './lfs-batch-response.js';
import { lfsObjectError, readLfsObject } from './lfs-object.js';
import { lfsPartSize, maxLfsParts } from '../store/lfs-parts.js';
import { HUB_CONFIG, type HubConfig } from '../../platform/config/hub-config.js';
import { SourceGit, type GitClient } from '../git/source-git.service.js';
import { ContentReferences } from '../store/content-references.service.js';
import { ContentGate } from '../store/content-gate.service.js';
import { RepoAccessService } from '../store/repo-access.service.js';
import { ANNOUNCED_S, QuotaService, RUNNING_S } from '../quota/quota.service.js';
import { UploadLimits } from '../quota/upload-limits.service.js';
import type { BatchRequestDto } from './dto/batch-request.dto.js';
import { DirectUploads } from '../store/direct-uploads.service.js';
import { LfsLinksService, type LfsClaims } from './lfs-links.service.js';
import { grantFor, type AccessGrant } from '../store/access-grants.store.js';
import type { OpenRepo } from '../store/local-repo.js';
import { isOtherCase, orLocal } from '../store/other-case.js';
import { ReadableObjectsService } from '../store/readable-objects.service.js';
import { LfsObjectsService } from '../store/lfs-objects.service.js';

/** Properties of a client that determine the links. */
interface LfsClient extends GitClient {
  /** Whether the client can reach only the hub, not the object store. */
  readonly mustProxy: boolean;
  /** The action for uploads over Xet, if the client supports them. */
  readonly xet: LfsAction | undefined;
}

/** How a client can upload a file. */
interface UploadModes extends Pick<LfsClient, 'urls' | 'xet'> {
  /** Maximum number of parts; 1 if the client does not support parts. */
  readonly maxParts: number;
  /** To the object store instead of the hub. */
  readonly direct: boolean;
}

/** Existing objects of an upload. */
interface RetainedObjects {
  /** By SHA-256, in bytes. */
  readonly sizes: ReadonlyMap<string, number>;
  /** Whether the storage has lost others. */
  readonly hasLost: boolean;
}

/** Implements the Git LFS batch API: links for transfers of large files, and the verification of uploads (contract C.5). */
@Injectable()
export class LfsBatchService {
  constructor(
    @Inject(HUB_CONFIG) private readonly config: HubConfig,
    private readonly sources: SourceGit,
    private readonly access: RepoAccessService,
    private readonly gate: ContentGate,
    private readonly objects: LfsObjectsService,
    private readonly references: ContentReferences,
    private readonly readable: ReadableObjectsService,
    private readonly links: LfsLinksService,
    private readonly direct: DirectUploads,
    private readonly quotas: QuotaService,
    private readonly limits: UploadLimits,
  ) {}

  /**
   * @throws HubError as `RepoAccessService.writable` for uploads, and as `admit`, and `StorageUnavailable`; as its `readable` for downloads, and `Moved` to the
   * repository's source
   */
  async batch(
    repo: RepoId,
    context: RequestContext,
    request: BatchRequestDto,
    client: LfsClient,
  ): Promise<LfsBatchResponse> {
    const { mustProxy, urls } = client;
    const isUpload = request.operation === 'upload';
    const objects = request.objects.map((object) => this.readObject(object, isUpload));
    const hashes = objects.map(({ oid }) => oid);
    const local = isUpload
      ? await this.access.writable(repo, context.caller)
      : await this.downloadable(repo, context, client);
    const { id } = local;
    this.references.admit();
    const grant = grantFor(id, context.caller);
    if (!isUpload) {
      const sizes = await this.objects.present(id, await this.readable.lfsObjects(local, hashes));
      return batchResponse('basic', objects, (object) =>
        this.download({ ...grant, ...object }, sizes.get(object.oid), urls),
      );
    }
    const { sizes, hasLost } = await this.retainPresent(id, hashes);
    const xet = hasLost ? undefined : client.xet; // over Xet, clients would refer to chunks that the hub has lost as well
    const multipart = request.transfers?.includes('multipart') ?? false;
    const missing = objects.filter((object) => !('error' in object) && !sizes.has(object.oid));
    const large = missing.filter(({ size }) => size > this.config.lfsPartSize);
    const maxParts = multipart ? maxLfsParts(large.length) : 1;
    const modes = { urls, maxParts, direct: !mustProxy && this.direct.isAvailableFor(urls), xet };
    await this.admit(id, missing, modes);
    return batchResponse(xet ? 'xet' : multipart ? 'multipart' : 'basic', objects, (object) =>
      this.upload(grant, object, sizes.get(object.oid), modes),
    );
  }

  /** @throws HubError as `RepoAccessService.find` and `ContentGate.open`; `Moved` to the source of the repository */
  private async downloadable(repo: RepoId, context: RequestContext, client: GitClient): Promise<OpenRepo> {
    const local = await this.access.find(repo, context.caller);
    const redirect = (): Promise<never> => this.sources.redirectToLfs(repo, context, client);
    if (local && isOtherCase(local, repo)) await orLocal(redirect);
    return local ? this.gate.open(local, context.caller) : redirect();
  }

  /** @throws HubError as `RepoAccessService.readable` and `LfsObjectsService.require` */
  async verify(repo: RepoId, caller: Caller, object: LfsObject): Promise<void> {
    const { id } = await this.access.readable(repo, caller);
    await this.objects.require(id, object);
  }

  /** Each object that is too large gets its own error, so that git-lfs and the Hugging Face clients name it. */
  private readObject(input: unknown, isUpload: boolean): LfsObject | LfsObjectResponse {
    const object = readLfsObject(input);
    const error = isUpload && !('error' in object) ? this.limits.sizeError(object.size) : undefined;
    return error ? lfsObjectError(object, 413, error.message) : object;
  }

  /**
   * Reserves space before the client gets links. Uploads to the object store do not pass through the hub, so they are reserved as long as their
   * links are valid. Uploads over Xet are only checked: their xorbs reserve space when they arrive.
   *
   * @throws HubError `QuotaExceeded`, `StorageFull`
   */
  private async admit(id: number, objects: readonly LfsObject[], { xet, direct }: UploadModes): Promise<void> {
    const wanted = new Map(objects.map(({ oid, size }) => [oid, size]));
    if (wanted.size === 0) return;
    await this.limits.requireSpace([...wanted.values()].reduce((sum, size) => sum + size, 0));
    const seconds = direct ? RUNNING_S : ANNOUNCED_S;
    const keys = [...wanted].map(([key, bytes]) => ({ key, bytes }));
    await this.quotas.admit(id, keys, { seconds: xet ? 0 : seconds });
  }

  /**
   * The sizes of existing objects. Objects that the storage has lost or truncated are omitted, so that clients upload them again. The client
   * will commit the others without another upload, so they are touched before the final check: garbage collection cannot delete them in
   * between (see `ContentReferences`).
   */
  private async retainPresent(repositoryId: number, hashes: readonly string[]): Promise<RetainedObjects> {
    const present = await this.objects.present(repositoryId, hashes);
    if (present.size === 0) return { sizes: present, hasLost: false };
    const contents = [...present].map(([sha256, size]) => ({ sha256, size }));
    await this.references.touch(contents);
    const sizes = new Map((await this.references.intact(contents)).map(({ sha256, size }) => [sha256, size]));
    return { sizes, hasLost: sizes.size < present.size };
  }

  private download(claims: LfsClaims, size: number | undefined, urls: UrlBuilder): LfsObjectResponse {
    const { oid } = claims;
    if (size === undefined)
      return lfsObjectError({ oid, size: claims.size }, 404, 'This large file does not exist in this repository');
    const download = this.links.download({ ...claims, size }, urls);
    return { oid, size, authenticated: true, actions: { download } };
  }

  private async upload(
    grant: AccessGrant,
    { oid, size }: LfsObject,
    presentSize: number | undefined,
    modes: UploadModes,
  ): Promise<LfsObjectResponse> {
    if (presentSize === size) return { oid, size };
    if (presentSize !== undefined)
      return lfsObjectError({ oid, size }, 422, `The content with this SHA-256 has ${presentSize} bytes`);
    if (modes.xet) return { oid, size, actions: { upload: modes.xet } };
    const claims = { ...grant, oid, size };
    const upload = await this.uploadAction(claims, modes);
    return { oid, size, actions: { upload, verify: this.links.verify(claims, modes.urls) } };
  }

  /** Uploads go to the object store if the client can reach it, otherwise to the hub. Large files are split if the client supports it. */
  private async uploadAction(claims: LfsClaims, modes: UploadModes): Promise<LfsAction> {
    const { repository, size } = claims;
    const { urls } = modes;
    const partSize = lfsPartSize(size, this.config.lfsPartSize, modes.maxParts);
    const directPartSize = modes.direct ? this.direct.partSize(size, partSize) : undefined;
    if (directPartSize === undefined)
      return size > partSize ? this.links.multipartUpload(claims, partSize, urls) : this.links.upload(claims, urls);
    const started = await this.direct.begin(repository, claims, directPartSize);
    return size > directPartSize
      ? this.links.directMultipartUpload(claims, directPartSize, started, urls)
      : this.links.directUpload(started.links[0]!);
  }
}
