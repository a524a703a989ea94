import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { Observable } from 'rxjs';
import { rowOf } from './bound-rows.js';
import type { HubRequest } from './hub-request.js';
import { readParsedBody } from './parsed-body.js';
import { isParsed } from './routes/route.js';

/** Reads and parses the body. An interceptor, because these run after all guards, which have refused other callers by then. */
@Injectable()
export class BodyInterceptor implements NestInterceptor {
  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const body = rowOf(context.getHandler())?.body;
    const request = context.switchToHttp().getRequest<HubRequest>();
    if (body && isParsed(body)) request.body = await readParsedBody(request, body);
    return next.handle();
  }
}
