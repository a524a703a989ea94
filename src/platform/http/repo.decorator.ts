import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { HubError } from '../../domain/hub-error.js';
import type { RepoId } from '../../domain/repo-id.js';
import { typeOfFolder } from '../../domain/urls.js';
import { checkRepoId } from '../../domain/check-repo-id.js';
import { PAGE_NOT_FOUND_MESSAGE } from './to-hub-error.js';
import type { HubRequest } from './hub-request.js';

const paramsOf = (context: ExecutionContext) => context.switchToHttp().getRequest<HubRequest>().params;

/**
 * The repository of a request to a route with `:types?/:namespace/:name`. Without `:types` it is a model.
 * @throws HubError `NotFound` for an unknown type, `BadRequest` for an invalid ID
 */
export function repoOf({ params }: Pick<HubRequest, 'params'>): RepoId {
  const { types = 'models', namespace, name } = params as Record<string, string>;
  const type = typeOfFolder(types);
  if (!type) throw new HubError('NotFound', PAGE_NOT_FOUND_MESSAGE);
  return checkRepoId({ type, namespace: namespace!, name: name! });
}

/** The repository of a route, see `repoOf`. */
export const Repo = createParamDecorator((_: unknown, context: ExecutionContext): RepoId =>
  repoOf(context.switchToHttp().getRequest<HubRequest>()),
);

/** The `*rest` of the path: a revision or branch, whose slashes may be encoded or not. */
export const Rest = createParamDecorator((_: unknown, context: ExecutionContext): string => {
  const { rest } = paramsOf(context) as unknown as { rest: string | readonly string[] };
  return typeof rest === 'string' ? rest : rest.join('/');
});

/** Builds the URLs of this hub in the response. */
export const Urls = createParamDecorator(
  (_: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<HubRequest>().urls,
);

/** Whether the request has the admin token. */
export const IsAdministrator = createParamDecorator(
  (_: unknown, context: ExecutionContext): boolean =>
    context.switchToHttp().getRequest<HubRequest>().adminAccess === 'granted',
);

/** The caller of the request. */
export const CurrentCaller = createParamDecorator(
  (_: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<HubRequest>().caller,
);
