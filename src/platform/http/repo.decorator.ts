import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { HubError } from '../../domain/hub-error.js';
import type { RepoId, RepoType } from '../../domain/repo-id.js';
import { checkRepoId } from '../../domain/check-repo-id.js';
import { UNKNOWN_PAGE } from './to-hub-error.js';
import type { HubRequest } from './hub-request.js';

const TYPES: ReadonlyMap<string, RepoType> = new Map([
  ['models', 'model'],
  ['datasets', 'dataset'],
  ['spaces', 'space'],
]);

const paramsOf = (context: ExecutionContext) => context.switchToHttp().getRequest<HubRequest>().params;

/**
 * The repository that a route with `:types?/:namespace/:name` names; without `:types` a model.
 * @throws HubError `NotFound` for another word in place of a type, `BadRequest` for what is no id
 */
export const Repo = createParamDecorator((_: unknown, context: ExecutionContext): RepoId => {
  const { types = 'models', namespace, name } = paramsOf(context) as Record<string, string>;
  const type = TYPES.get(types);
  if (!type) throw new HubError('NotFound', UNKNOWN_PAGE);
  return checkRepoId({ type, namespace: namespace!, name: name! });
});

/** The rest of the path behind a `*rest`: a revision or branch, whose slashes may have come encoded or raw. */
export const Rest = createParamDecorator((_: unknown, context: ExecutionContext): string => {
  const { rest } = paramsOf(context) as unknown as { rest: string | readonly string[] };
  return typeof rest === 'string' ? rest : rest.join('/');
});

/** Who asks. */
export const Asker = createParamDecorator(
  (_: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<HubRequest>().caller,
);
