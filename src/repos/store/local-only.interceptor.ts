import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { catchError, from, mergeMap, throwError, type Observable } from 'rxjs';
import { contextOf } from '../../fallback/resolver/request-context.decorator.js';
import type { HubRequest } from '../../platform/http/hub-request.js';
import { ExternalRefusals } from './external-refusals.service.js';

/** For handlers of operations on local repositories: errors about external repositories name the source. */
@Injectable()
export class LocalOnlyInterceptor implements NestInterceptor {
  constructor(private readonly refusals: ExternalRefusals) {}

  intercept(execution: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(
      catchError((error: unknown) => {
        const { repo } = execution.switchToHttp().getRequest<HubRequest>();
        const explained = this.refusals.explain(error, repo, () => contextOf(execution));
        return from(explained).pipe(mergeMap((reported) => throwError(() => reported)));
      }),
    );
  }
}
