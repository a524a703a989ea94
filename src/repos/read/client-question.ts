import type { ServerResponse } from 'node:http';
import type { Question } from '../../fallback/resolver/question.js';
import type { Attempt } from '../../domain/attempt.js';
import type { Caller } from '../../domain/caller.js';
import type { Operation } from '../../domain/operation.js';
import type { RepoPath } from '../../domain/parse-repo-path.js';
import { toOperation } from './to-operation.js';
import { parseVia } from '../../fallback/upstream/via.js';
import type { HubRequest, RequestFacts } from '../../platform/http/hub-request.js';
import { hangUpSignal } from '../../platform/http/relay-reply.js';

/**
 * A client's request as a question. A class, because an object literal with a getter gets a shape of its own each time, which V8 keeps
 * until the next full collection, and with it the request (8 kB each, half as much processor time again).
 */
export class ClientQuestion implements Question {
  readonly operation: Operation;
  readonly caller: Caller;
  readonly via: readonly string[];
  readonly parameter: string | undefined;
  readonly observe: ((made: readonly Attempt[]) => void) | undefined;
  readonly facts: RequestFacts;
  private made: AbortSignal | undefined;

  /** @throws HubError for a request that cannot be meant */
  constructor(
    path: RepoPath,
    request: HubRequest,
    private readonly response: ServerResponse,
    attempts: Attempt[] | undefined,
  ) {
    const { method, headers, body, caller } = request;
    this.facts = request;
    this.operation = toOperation(path, { method, headers, body: body as unknown });
    this.caller = caller;
    this.via = parseVia(headers.via);
    this.parameter = path.query.find(([name]) => name === 'fallback')?.[1];
    this.observe = attempts && ((made) => attempts.push(...made));
  }

  /** Made when somebody asks a source: a bound download's redirect has nobody to tell. */
  get signal(): AbortSignal {
    return (this.made ??= hangUpSignal(this.response));
  }
}
