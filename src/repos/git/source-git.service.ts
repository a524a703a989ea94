import { Injectable } from '@nestjs/common';
import { FallbackMetrics } from '../../fallback/resolver/fallback-metrics.service.js';
import { FallbackResolver } from '../../fallback/resolver/fallback.resolver.js';
import { SourceUrls } from '../../fallback/resolver/source-urls.service.js';
import type { RequestContext } from '../../fallback/resolver/fallback-request.js';
import { Deliveries } from '../../fallback/sources/deliveries.service.js';
import { isRedirected } from '../../domain/delivery.js';
import { HubError } from '../../domain/hub-error.js';
import { repoFullName, type RepoId } from '../../domain/repo-id.js';
import type { Source } from '../../domain/source.js';
import type { UrlBuilder } from '../../domain/url-builder.js';
import { REPO_NOT_FOUND_MESSAGE } from '../../domain/choose-failure.js';

/** The git URL of a repository at a source. */
export interface GitLocation {
  readonly source: Source;
  /** Absolute, without a trailing slash. */
  readonly url: string;
}

/** The program that is redirected to a source. */
export interface GitClient {
  /** Builds the URLs of this hub in the response. */
  readonly urls: UrlBuilder;
  /** Whether the request had credentials that the program may repeat at the source. */
  readonly mayRepeatCredentials?: boolean;
}

/** Finds the source of a repository for git clients, which are redirected to it without any credentials of this hub. */
@Injectable()
export class SourceGit {
  constructor(
    private readonly resolver: FallbackResolver,
    private readonly sourceUrls: SourceUrls,
    private readonly metrics: FallbackMetrics,
    private readonly deliveries: Deliveries,
  ) {}

  /**
   * @throws HubError `Forbidden` if downloads are denied; `Offline`; `RepoNotFound` if no source has the repository or may be used, or the strongest error of the sources;
   * `NotImplemented` if the source's files must be proxied or it requires signing in, since the hub does not proxy git, or if the client would send its credentials
   * for this hub to the source: git sends `http.extraHeader` to every host
   */
  async locate(repo: RepoId, context: RequestContext, { urls, mayRepeatCredentials }: GitClient): Promise<GitLocation> {
    const operation = { kind: 'info', repo, query: [] } as const;
    const match = await this.metrics.count('info', () => this.resolver.locate({ ...context, operation }));
    if (!match) throw new HubError('RepoNotFound', REPO_NOT_FOUND_MESSAGE);
    const { source } = match;
    if (source.offline) throw clonedOffline(source, repo, urls);
    const deliveries = this.deliveries.settleAll(source, repo);
    const needsHub = source.hasCredentials || source.requireAuth || !deliveries.every(isRedirected);
    if (needsHub) throw gitNotProxied(source, repo, urls);
    if (mayRepeatCredentials) throw credentialsRepeated(source, repo, urls);
    return { source, url: this.sourceUrls.gitUrl(source, repo) };
  }

  /**
   * For the large files of a cloned repository: git-lfs requests them from the URL that was cloned and follows redirects.
   *
   * @throws HubError `Moved` to the LFS endpoint of the source, otherwise as `locate`
   */
  async redirectToLfs(repo: RepoId, context: RequestContext, client: GitClient): Promise<never> {
    const { url } = await this.locate(repo, context, client);
    const location = `${url.replace(/\.git$/, '')}.git/info/lfs/objects/batch`;
    throw new HubError('Moved', 'The large files of this repository are at its source', {
      headers: { Location: location },
    });
  }
}

/** Cached files do not make a clone: the commits are missing, and cannot be made from replies of the API (ADR 48). */
const clonedOffline = ({ name }: Source, repo: RepoId, urls: UrlBuilder): HubError =>
  new HubError(
    'Offline',
    `This hub is offline for the source ${name}, so its repositories cannot be cloned. To download what the hub has, use this command instead: ${downloadCommand(repo, urls)}`,
  );

const gitNotProxied = ({ name }: Source, repo: RepoId, urls: UrlBuilder): HubError =>
  new HubError(
    'NotImplemented',
    `Repositories of source "${name}" cannot be cloned through this hub. Use this command instead: ${downloadCommand(repo, urls)}`,
  );

const credentialsRepeated = ({ name }: Source, repo: RepoId, urls: UrlBuilder): HubError =>
  new HubError(
    'NotImplemented',
    `Git would send your credentials for this hub to the source "${name}". Remove them from the URL, http.extraHeader, http.proactiveAuth or the cookie file, or use this command instead: ${downloadCommand(repo, urls)}`,
  );

function downloadCommand(repo: RepoId, urls: UrlBuilder): string {
  const type = repo.type === 'model' ? '' : ` --repo-type ${repo.type}`;
  return `HF_ENDPOINT=${urls.base} hf download ${repoFullName(repo)}${type}`;
}
