import { Inject, Injectable } from '@nestjs/common';
import type { Caller } from '../../domain/caller.js';
import { HubError } from '../../domain/hub-error.js';
import { repoFullName, type RepoId } from '../../domain/repo-id.js';
import { AuditLog } from '../../platform/audit/audit-log.service.js';
import { CLUSTER_BUS, Topic, type ClusterBus } from '../../platform/cluster/cluster-bus.js';
import { ContentReferences } from '../store/content-references.service.js';
import { HistoryRewriter } from '../store/history-rewriter.service.js';
import { LfsObjectsService } from '../store/lfs-objects.service.js';
import type { LocalRepo } from '../store/local-repo.js';
import { ObjectStore } from '../store/object.store.js';
import { RepoAccessService } from '../store/repo-access.service.js';
import type { LfsFileDto } from './dto/lfs-files.dto.js';
import { LfsFileNames } from './lfs-file-names.service.js';
import { LfsFilesStore, pointerText, type StoredLfsFile } from './lfs-files.store.js';

/** A page of large files. */
export interface LfsFilePage {
  readonly files: readonly LfsFileDto[];
  /** Cursor of the next page; `undefined` on the last page. */
  readonly next: string | undefined;
}

const REMOVED = new Topic<null>('lfs-files-removed');

/** Lists and deletes the large files of repositories, also those that only former commits have. */
@Injectable()
export class LfsFiles {
  constructor(
    private readonly access: RepoAccessService,
    private readonly objects: LfsObjectsService,
    private readonly store: LfsFilesStore,
    private readonly names: LfsFileNames,
    private readonly rewriter: HistoryRewriter,
    private readonly references: ContentReferences,
    private readonly blobs: ObjectStore,
    private readonly audit: AuditLog,
    @Inject(CLUSTER_BUS) private readonly cluster: ClusterBus,
  ) {
    cluster.on(REMOVED, () => this.blobs.evictBlobs());
    cluster.onGap(() => this.blobs.evictBlobs());
  }

  /** @throws HubError as `RepoAccessService.readable`; `Unauthorized` or `Forbidden` for callers without the write role, whose token may be read-only */
  async list(
    repo: RepoId,
    caller: Caller,
    { limit, after = '' }: { limit: number; after?: string },
  ): Promise<LfsFilePage> {
    const repository = await this.access.readable(repo, caller);
    await requireWriter(repository);
    const files = await this.store.page(repository.id, after, limit + 1);
    const page = files.slice(0, limit);
    const next = files.length > limit ? page.at(-1)!.sha256 : undefined;
    return { files: await this.describe(repository.id, page), next };
  }

  /**
   * Deletes large files. Their content is deleted by the garbage collector, unless another repository has it too.
   *
   * @param isHistoryRewritten - whether the files are also removed from all commits. Otherwise, commits keep their pointers.
   * @throws HubError as `RepoAccessService.writable`; `NotFound` for a file that the repository does not have; as `HistoryRewriter.removeFiles`
   */
  async remove(repo: RepoId, caller: Caller, hashes: readonly string[], isHistoryRewritten: boolean): Promise<void> {
    const { id } = await this.access.writable(repo, caller);
    const files = await this.require(id, hashes);
    const pointers = await this.store.pointers(id, hashes);
    const texts = files.map(({ sha256, size }) => pointerText(sha256, size));
    await this.references.putAll(new Map(texts.map(({ sha256, content }) => [sha256, content])));
    const unwanted = new Set(isHistoryRewritten ? pointers.map(({ oid }) => oid) : []);
    await this.rewriter.removeFiles(id, unwanted, async (m) => {
      await this.store.remove(m, id, files);
      const data = { sha256: hashes, isHistoryRewritten };
      await this.audit.record(m, caller, { action: 'repo.delete_lfs_file', repositoryId: id, data });
    });
    this.blobs.evictBlobs();
    await this.cluster.publish(REMOVED, null);
  }

  private async require(
    repositoryId: number,
    hashes: readonly string[],
  ): Promise<Pick<StoredLfsFile, 'sha256' | 'size'>[]> {
    const present = await this.objects.present(repositoryId, hashes);
    const missing = hashes.find((sha256) => !present.has(sha256));
    if (missing !== undefined)
      throw new HubError(
        'NotFound',
        `This repository has no large file with the hash ${missing}. Nothing was deleted.`,
      );
    return [...present].map(([sha256, size]) => ({ sha256, size }));
  }

  private async describe(repositoryId: number, files: readonly StoredLfsFile[]): Promise<LfsFileDto[]> {
    const hashes = files.map(({ sha256 }) => sha256);
    const pointers = new Map((await this.store.pointers(repositoryId, hashes)).map(({ sha256, oid }) => [sha256, oid]));
    const places = await this.names.find(repositoryId, new Set(pointers.values()));
    return files.map(({ sha256, size, pushedAt }) => {
      const { path = '', ref } = places.get(pointers.get(sha256) ?? '') ?? {};
      return {
        fileOid: sha256,
        oid: sha256,
        size,
        pushedAt: pushedAt.toISOString(),
        filename: path,
        ...(ref && { ref }),
      };
    });
  }
}

async function requireWriter({ repo, callerMayWrite }: LocalRepo): Promise<void> {
  if (await callerMayWrite?.()) return;
  const message = `Only users who may write to the ${repo.type} "${repoFullName(repo)}" can list its large files`;
  throw new HubError('Forbidden', message);
}
