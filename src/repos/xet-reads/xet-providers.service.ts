import { Injectable } from '@nestjs/common';
import { REPO_NOT_FOUND_MESSAGE } from '../../domain/choose-failure.js';
import { HubError } from '../../domain/hub-error.js';
import { segmentError } from '../../domain/encode-path.js';
import type { RepoId } from '../../domain/repo-id.js';
import type { HubRequest } from '../../platform/http/hub-request.js';
import type { XetToken } from '../xet/xet-grants.service.js';
import { OwnXetFiles } from './own-xet-files.service.js';
import { SourceXetFiles } from './source-xet-files.service.js';
import type { XetClaims, XetProvider } from './xet-file.js';

/** The repositories whose files can be read over Xet: first local, then external ones. */
@Injectable()
export class XetProviders {
  constructor(
    private readonly own: OwnXetFiles,
    private readonly sources: SourceXetFiles,
  ) {}

  /**
   * A token for reading a revision of a repository.
   *
   * @throws HubError as `XetProvider.issue`; `RepoNotFound`
   */
  async issue(repo: RepoId, revision: string, request: HubRequest): Promise<XetToken> {
    const problem = segmentError(revision);
    if (problem) throw new HubError('BadRequest', `The revision ${problem}.`);
    const external = (): Promise<XetToken | undefined> => this.sources.issue(repo, revision, request);
    const token = (await this.own.issue(repo, revision, request, external)) ?? (await external());
    if (!token) throw new HubError('RepoNotFound', REPO_NOT_FOUND_MESSAGE);
    return token;
  }

  /** The provider of the repository that a token is for. */
  of(claims: XetClaims): XetProvider {
    return (claims.from === 'own' ? this.own : this.sources) as XetProvider;
  }
}
