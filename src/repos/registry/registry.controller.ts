import { Controller, Header, Param, Req, Res, UseFilters } from '@nestjs/common';
import { ApiExcludeEndpoint, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { HubError } from '../../domain/hub-error.js';
import { isSignedIn } from '../../domain/caller.js';
import type { RepoId } from '../../domain/repo-id.js';
import { Context } from '../../fallback/resolver/request-context.decorator.js';
import type { RequestContext } from '../../fallback/resolver/fallback-request.js';
import { ClientAddress } from '../../platform/http/client-address.js';
import type { HubRequest } from '../../platform/http/hub-request.js';
import { Repo } from '../../platform/http/repo.decorator.js';
import { Route } from '../../platform/http/route.decorator.js';
import { sendReply, type WireReply } from '../../platform/http/send-reply.js';
import { API_VERSION, RegistryErrorFilter } from './registry-error.filter.js';
import { RegistryService } from './registry.service.js';
import { RegistryTokens, type RegistryToken } from './registry-tokens.service.js';

/** The read-only registry API for GGUF models, which Ollama and other registry clients use (ADR 57). GET routes also handle HEAD. */
@Controller()
@ApiTags('registry')
@UseFilters(RegistryErrorFilter)
export class RegistryController {
  constructor(
    private readonly registry: RegistryService,
    private readonly tokens: RegistryTokens,
  ) {}

  /** Reports that this is a registry. Anonymous clients get the address of the token endpoint, since some of them send passwords only then. */
  @Route('registry.version')
  @Header(...API_VERSION)
  version(@Req() request: HubRequest): object {
    if (!isSignedIn(request.caller) && !request.hadAnonymousToken) throw new HubError('Unauthorized', SIGN_IN);
    return {};
  }

  /** Returns a token for registry clients. The password is an access token; without one, the token only gives access to public repositories. */
  @Route('registry.token')
  @Header('Cache-Control', 'no-store')
  token(@Req() { bearer }: HubRequest, @ClientAddress() address: string): Promise<RegistryToken> {
    return this.tokens.issue(bearer, address);
  }

  /** Returns the manifest of a model. The reference is a tag, such as `Q4_K_M` or `latest`, or a digest. */
  @Route('registry.manifest')
  async manifest(
    @Repo() repo: RepoId,
    @Param('reference') reference: string,
    @Context() context: RequestContext,
    @Req() request: HubRequest,
    @Res() response: Response,
  ): Promise<void> {
    await send(response, await this.registry.manifest(repo, reference, context, request));
  }

  /** Returns a file of a model by its digest: redirects to the file, or sends generated content. */
  @Route('registry.blob')
  async blob(
    @Repo() repo: RepoId,
    @Param('digest') digest: string,
    @Context() context: RequestContext,
    @Req() request: HubRequest,
    @Res() response: Response,
  ): Promise<void> {
    await send(response, await this.registry.blob(repo, digest, context, request));
  }

  /** Lists the tags of a repository. */
  @Route('registry.tags')
  async tags(
    @Repo() repo: RepoId,
    @Context() context: RequestContext,
    @Req() request: HubRequest,
    @Res() response: Response,
  ): Promise<void> {
    await send(response, await this.registry.tags(repo, context, request));
  }

  @Route('registry.other')
  @ApiExcludeEndpoint()
  other(): never {
    throw new HubError('NotFound', 'This hub has manifests, blobs and lists of tags of GGUF models in this API.');
  }

  @Route('registry.push')
  @ApiExcludeEndpoint()
  push(): never {
    throw readOnly();
  }

  @Route('registry.upload')
  @ApiExcludeEndpoint()
  upload(): never {
    throw readOnly();
  }

  @Route('registry.delete')
  @ApiExcludeEndpoint()
  delete(): never {
    throw readOnly();
  }
}

const SIGN_IN =
  'Get a token from the address in WWW-Authenticate, with an access token as the password or without one.';

const readOnly = (): HubError =>
  new HubError('NotImplemented', 'Models cannot be pushed over this API. Upload their files with "hf upload" instead.');

const send = (response: Response, reply: WireReply): Promise<void> =>
  sendReply(response, reply, Object.fromEntries([API_VERSION]));
