import { Controller, Next, Req } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { NextFunction, Request } from 'express';
import { HubError } from '../../domain/hub-error.js';
import { REFUSALS, type Refusal } from '../../domain/refusals.js';
import { typeOfFolder } from '../../domain/urls.js';
import { Route } from './route.decorator.js';

const MESSAGES: ReadonlyMap<string, string> = new Map(
  Object.values<Refusal>(REFUSALS).flatMap(({ paths, message }) => paths.map((path) => [`/${path}`, message] as const)),
);

/** Responds to calls that this hub does not have with the reason. OpenAPI lists them in `x-not-implemented`. */
@Controller()
@ApiExcludeController()
export class RefusedCallsController {
  @Route('refused.call')
  refuse(@Req() { route, params }: Request, @Next() next: NextFunction): void {
    const { types } = params;
    if (typeof types === 'string' && typeOfFolder(types) === undefined) return next();
    throw new HubError('NotImplemented', MESSAGES.get((route as { path: string }).path)!);
  }
}
