import { Injectable } from '@nestjs/common';
import { HubError } from '../../domain/hub-error.js';
import type { RepoId } from '../../domain/repo-id.js';
import type { HubRequest } from '../../platform/http/hub-request.js';
import { AccessGrants, grantFor } from '../store/access-grants.store.js';
import { ContentGate } from '../store/content-gate.service.js';
import { ObjectStore } from '../store/object.store.js';
import { isOtherCase, orLocal } from '../store/other-case.js';
import { ReadableObjectsService } from '../store/readable-objects.service.js';
import { RepoAccessService } from '../store/repo-access.service.js';
import { RevisionsService } from '../store/revisions.service.js';
import type { XetToken } from '../xet/xet-grants.service.js';
import type { OwnClaims, StoredXetFile, XetProvider } from './xet-file.js';
import { XetIds } from '../xet/xet-ids.js';
import { XetReadTokens } from './xet-read-tokens.service.js';

/**
 * Large files of repositories of this hub. A token is for the repository, as the links of Git LFS are: readers get all large files of its
 * reachable history.
 */
@Injectable()
export class OwnXetFiles implements XetProvider<OwnClaims> {
  constructor(
    private readonly access: RepoAccessService,
    private readonly gate: ContentGate,
    private readonly revisions: RevisionsService,
    private readonly grants: AccessGrants,
    private readonly objects: ObjectStore,
    private readonly readable: ReadableObjectsService,
    private readonly tokens: XetReadTokens,
    private readonly ids: XetIds,
  ) {}

  /** @param external - the token of a source, which has precedence for an id in other capitals */
  async issue(
    repo: RepoId,
    revision: string,
    { caller, urls }: HubRequest,
    external: () => Promise<XetToken | undefined> = () => Promise.resolve(undefined),
  ): Promise<XetToken | undefined> {
    const repository = await this.access.find(repo, caller);
    if (!repository) return undefined;
    const ofSource = isOtherCase(repository, repo) ? await orLocal(external) : undefined;
    if (ofSource) return ofSource;
    await this.gate.open(repository, caller);
    await this.revisions.resolve(repository, revision);
    return this.tokens.sign({ from: 'own', ...grantFor(repository.id, caller) }, urls);
  }

  async find(claims: OwnClaims, id: string): Promise<StoredXetFile> {
    const file = await this.findAgain(claims, id);
    const callerMayWrite = (): Promise<boolean> =>
      this.grants.check(claims, 'write').then(
        () => true,
        () => false,
      );
    const readable = await this.readable.lfsObjects({ id: claims.repository, callerMayWrite }, [file.sha256]);
    if (readable.length === 0) throw fileNotFound(id);
    return file;
  }

  async findAgain(claims: OwnClaims, id: string): Promise<StoredXetFile> {
    await this.grants.check(claims, 'read', 'Unauthorized');
    const sha256 = this.ids.sha256Of(id);
    const object = await this.objects.lfsObject(claims.repository, sha256);
    if (!object) throw fileNotFound(id);
    return { sha256, size: object.size, served: { kind: 'own' } };
  }
}

/** The error for a file that a token does not give access to, whether or not it exists. */
export const fileNotFound = (id: string): HubError =>
  new HubError('NotFound', `The repository of the token has no file with the Xet hash ${id}.`);
