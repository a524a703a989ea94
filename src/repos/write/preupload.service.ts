import { Injectable } from '@nestjs/common';
import { HubError } from '../../domain/hub-error.js';
import { checkCommitPath } from '../store/check-commit-path.js';
import { isFolder } from '../store/git-objects.js';
import { findEntries } from '../store/git-tree.js';
import { uploadMode } from './upload-mode.js';
import type { CommitEntity } from '../store/commit.entity.js';
import type { LocalRepo } from '../store/local-repo.js';
import { ObjectStore } from '../store/object.store.js';
import { RevisionsService } from '../store/revisions.service.js';
import { QuotaService } from '../quota/quota.service.js';
import { UploadLimits } from '../quota/upload-limits.service.js';
import type { PreuploadResponseDto, PreuploadDto, PreuploadFileDto } from './dto/preupload.dto.js';
import { FileRules } from './file-rules.service.js';
import { MatchingTurns } from './matching-turns.js';
import { WritableRepos } from './writable-repos.service.js';
import type { WriteTarget } from './write-target.js';

/**
 * Plans uploads: which files go inside the commit, which must be uploaded as LFS objects, and which are ignored or unchanged.
 */
@Injectable()
export class PreuploadService {
  constructor(
    private readonly repositories: WritableRepos,
    private readonly revisions: RevisionsService,
    private readonly objects: ObjectStore,
    private readonly rules: FileRules,
    private readonly quotas: QuotaService,
    private readonly limits: UploadLimits,
  ) {}

  /** @throws HubError as `WritableRepos.find`; `RevisionNotFound`, `BadRequest` for invalid paths and costly patterns; as `requireFit` */
  async plan(target: WriteTarget, { files, gitIgnore, gitAttributes }: PreuploadDto): Promise<PreuploadResponseDto> {
    const repository = await this.repositories.find(target.repo, target.caller);
    const commit = await this.revisions.resolve(repository, target.revision);
    checkPaths(files);
    await this.requireFit(repository, files);
    const paths = files.map(({ path }) => path);
    const changed = new Map(gitAttributes === undefined ? [] : [['', gitAttributes]]);
    const attributes = await this.rules.attributes(commit, paths, changed);
    const ignored = await this.rules.ignored(commit, gitIgnore);
    const oids = await this.currentOids(commit, paths);
    const answers: PreuploadResponseDto['files'] = [];
    const turns = new MatchingTurns(files.length);
    for (const { path, sample = '', size } of files) {
      const budget = await turns.next();
      const mode = uploadMode({ path, sample: Buffer.from(sample, 'base64'), size }, attributes, budget);
      answers.push({ path, uploadMode: mode, shouldIgnore: ignored.ignores(path, budget), oid: oids.get(path) });
    }
    return { files: answers, commitOid: commit.oid };
  }

  /**
   * Refuses files before they are uploaded. The quota is checked again when their hashes are known.
   *
   * @throws HubError `PayloadTooLarge`, `QuotaExceeded`; `StorageFull` if the hub accepts no uploads now
   */
  private async requireFit({ id }: LocalRepo, files: readonly PreuploadFileDto[]): Promise<void> {
    for (const { path, size } of files) this.limits.requireSize(size, path);
    await this.limits.requireSpace(0);
    await this.quotas.checkAnnounced(id, files);
  }

  /** The ids that clients compare with their own files: git's blob id, or the SHA-256 of an LFS object. */
  private async currentOids(commit: CommitEntity, paths: readonly string[]): Promise<Map<string, string>> {
    const { repositoryId, treeOid } = commit;
    const entries = await findEntries((trees) => this.objects.trees(repositoryId, trees), treeOid, paths);
    const files = [...entries].filter(([, entry]) => !isFolder(entry));
    const oids = new Map(files.map(([path, { oid }]) => [path, oid]));
    const blobs = await this.objects.blobs(repositoryId, [...oids.values()]);
    for (const [path, oid] of oids) {
      const blob = blobs.get(oid);
      if (blob?.lfs) oids.set(path, blob.sha256);
    }
    return oids;
  }
}

/** @throws HubError `BadRequest` with a field error for each invalid path. The status is 422, as on huggingface.co. */
function checkPaths(files: readonly PreuploadFileDto[]): void {
  const fields = files.flatMap(({ path }, index) => {
    const message = pathError(path);
    return message === undefined ? [] : [{ field: `files.${index}.path`, message }];
  });
  if (fields.length > 0) throw new HubError('BadRequest', fields[0]!.message, { fields, status: 422 });
}

function pathError(path: string): string | undefined {
  try {
    checkCommitPath(path);
    return undefined;
  } catch (error) {
    if (error instanceof HubError) return error.message;
    throw error;
  }
}
