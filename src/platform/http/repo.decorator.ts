import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { HubError } from '../../domain/hub-error.js';
import { refusalOfFolder } from '../../domain/refusals.js';
import type { RepoId } from '../../domain/repo-id.js';
import { typeOfFolder } from '../../domain/urls.js';
import { checkRepoId } from '../../domain/check-repo-id.js';
import { PAGE_NOT_FOUND_MESSAGE } from './to-hub-error.js';
import type { HubRequest } from './hub-request.js';

const requestOf = (context: ExecutionContext): HubRequest => context.switchToHttp().getRequest<HubRequest>();

/**
 * The repository of a request to a route with `:types?/:namespace?/:name`. Without `:types` it is a model.
 * @throws HubError `NotFound` for an unknown type, `NotImplemented` for one that only huggingface.co has, `BadRequest` for an invalid ID
 */
export function repoOf(request: HubRequest): RepoId {
  const { types = 'models', namespace = '', name } = request.params as Record<string, string>;
  const type = typeOfFolder(types);
  if (!type) throw unknownType(types);
  request.repo = checkRepoId({ type, namespace, name: name! });
  return request.repo;
}

function unknownType(folder: string): HubError {
  const refusal = refusalOfFolder(folder);
  return refusal ? new HubError('NotImplemented', refusal.message) : new HubError('NotFound', PAGE_NOT_FOUND_MESSAGE);
}

/** The repository of a route, see `repoOf`. */
export const Repo = createParamDecorator((_: unknown, context: ExecutionContext): RepoId => repoOf(requestOf(context)));

/** The `*rest` of the path: a revision or branch, whose slashes may be encoded or not. */
export const Rest = createParamDecorator((_: unknown, context: ExecutionContext): string => {
  const { rest } = requestOf(context).params as unknown as { rest: string | readonly string[] };
  return typeof rest === 'string' ? rest : rest.join('/');
});

/** Builds the URLs of this hub in the response. */
export const Urls = createParamDecorator((_: unknown, context: ExecutionContext) => requestOf(context).urls);

/** Whether the request has the admin token. */
export const IsAdministrator = createParamDecorator(
  (_: unknown, context: ExecutionContext): boolean => requestOf(context).adminAccess === 'granted',
);

/** The caller of the request. */
export const CurrentCaller = createParamDecorator((_: unknown, context: ExecutionContext) => requestOf(context).caller);
