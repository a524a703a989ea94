import { Inject, Injectable } from '@nestjs/common';
import { FallbackMetrics } from '../../fallback/resolver/fallback-metrics.service.js';
import { FallbackResolver } from '../../fallback/resolver/fallback.resolver.js';
import { SourceUrls } from '../../fallback/resolver/source-urls.service.js';
import type { RequestContext } from '../../fallback/resolver/fallback-request.js';
import { HubError } from '../../domain/hub-error.js';
import { repoFullName, type RepoId } from '../../domain/repo-id.js';
import type { Source } from '../../domain/source.js';
import { REPO_NOT_FOUND_MESSAGE } from '../../domain/choose-failure.js';
import { HUB_CONFIG, type HubConfig } from '../../platform/config/hub-config.js';

/** Where a source has a repository for git. */
export interface GitHome {
  readonly source: Source;
  /** Absolute, without a slash at its end. */
  readonly url: string;
}

/** Leads git to the sources of repositories that the hub lacks: it follows, and takes no credentials of this hub along. */
@Injectable()
export class SourceGit {
  constructor(
    @Inject(HUB_CONFIG) private readonly config: HubConfig,
    private readonly resolver: FallbackResolver,
    private readonly urls: SourceUrls,
    private readonly metrics: FallbackMetrics,
  ) {}

  /**
   * @throws HubError `RepoNotFound` where no source has it or may be asked, and what else the sources said; `NotImplemented` where
   * what the source has goes through the hub, which does not speak git for others
   */
  async home(repo: RepoId, asking: RequestContext): Promise<GitHome> {
    const operation = { kind: 'info', repo, query: [] } as const;
    const located = await this.metrics.count('info', () => this.resolver.locate({ ...asking, operation }));
    if (!located) throw new HubError('RepoNotFound', REPO_NOT_FOUND_MESSAGE);
    const { source } = located;
    if (source.hasToken || source.delivery === 'proxy') throw this.onlyByFiles(source, repo);
    return { source, url: this.urls.gitUrl(source, repo) };
  }

  /**
   * For the large files of a clone: git-lfs asks for them where the clone was made, and goes where it is led.
   * @throws HubError `Moved` to where the source answers, else as `home`
   */
  async leadToLfs(repo: RepoId, asking: RequestContext): Promise<never> {
    const { url } = await this.home(repo, asking);
    const location = `${url.replace(/\.git$/, '')}.git/info/lfs/objects/batch`;
    throw new HubError('Moved', 'The source of this repository has its large files', {
      headers: { Location: location },
    });
  }

  private onlyByFiles({ name }: Source, repo: RepoId): HubError {
    const kind = repo.type === 'model' ? '' : ` --repo-type ${repo.type}`;
    const instead = `HF_ENDPOINT=${this.config.baseUrl} hf download ${repoFullName(repo)}${kind}`;
    return new HubError('NotImplemented', `Git cannot get what this hub has from "${name}". Instead: ${instead}`);
  }
}
