import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Caller } from '../../hub/language/caller.js';
import type { HubRequest } from './hub-request.js';

/** Who asks, as `CallerGuard` has found. */
export const CurrentCaller = createParamDecorator(
  (_: unknown, context: ExecutionContext): Caller => context.switchToHttp().getRequest<HubRequest>().caller,
);
