import { Injectable } from '@nestjs/common';
import { REPO_NOT_FOUND_MESSAGE } from '../../domain/choose-failure.js';
import { HubError } from '../../domain/hub-error.js';
import { repoFullName, type RepoId } from '../../domain/repo-id.js';
import type { RequestContext } from '../../fallback/resolver/fallback-request.js';
import { FallbackResolver } from '../../fallback/resolver/fallback.resolver.js';
import { ContentReferences } from '../store/content-references.service.js';
import { ContentGate } from '../store/content-gate.service.js';
import { RepoAccessService } from '../store/repo-access.service.js';
import { LfsObjectsService } from '../store/lfs-objects.service.js';
import { QuotaService } from '../quota/quota.service.js';

/** A large file that could not be copied. Clients print the error. */
export interface FailedCopy {
  readonly sha256: string;
  readonly error: string;
}

const NOT_FOUND = 'This large file does not exist in the source repository';
const LOST =
  'The content of this large file is missing from the storage of the hub, or damaged in it. Upload it to the target repository instead.';

/** Copies large files to another repository without copying bytes. */
@Injectable()
export class LfsCopiesService {
  constructor(
    private readonly access: RepoAccessService,
    private readonly gate: ContentGate,
    private readonly objects: LfsObjectsService,
    private readonly references: ContentReferences,
    private readonly quotas: QuotaService,
    private readonly resolver: FallbackResolver,
  ) {}

  /**
   * Adds large files of one repository to another, whose commits can then use them.
   *
   * @throws HubError as `RepoAccessService.readable` and `ContentGate.open` for the source, as its `writable` for the target, `QuotaExceeded`,
   * `NotImplemented` for a repository of a source
   */
  async copy(from: RepoId, to: RepoId, context: RequestContext, hashes: readonly string[]): Promise<FailedCopy[]> {
    const { caller } = context;
    const local = (await this.access.find(from, caller)) ?? (await this.refuseExternal(from, context));
    const source = await this.gate.open(local, caller);
    const target = await this.access.writable(to, caller);
    // Touched before the final check (see `ContentReferences`), and only if the source has it: knowing a hash is not enough.
    const touched = await this.objects.present(source.id, hashes);
    await this.references.touch([...touched].map(([sha256, size]) => ({ sha256, size })));
    const present = await this.objects.intact(source.id, hashes);
    const wanted = [...present].map(([key, bytes]) => ({ key, bytes }));
    await this.quotas.admit(target.id, wanted);
    for (const [sha256, size] of present) await this.objects.add(target.id, { sha256, size });
    return hashes
      .filter((sha256) => !present.has(sha256))
      .map((sha256) => ({ sha256, error: touched.has(sha256) ? LOST : NOT_FOUND }));
  }

  /** @throws HubError `NotImplemented` if a source has the repository, otherwise its error or `RepoNotFound` */
  private async refuseExternal(repo: RepoId, context: RequestContext): Promise<never> {
    const found = await this.resolver.locate({ ...context, operation: { kind: 'info', repo, query: [] } });
    if (!found) throw new HubError('RepoNotFound', REPO_NOT_FOUND_MESSAGE);
    const message = `This hub does not copy files from repositories of sources, such as "${repoFullName(repo)}". Download the files, and upload them to the other repository.`;
    throw new HubError('NotImplemented', message);
  }
}
