import type { ServerResponse } from 'node:http';
import { Injectable } from '@nestjs/common';
import type { QueryPairs } from '../domain/query.js';
import type { RepoType } from '../domain/repo-id.js';
import { encodeQuery } from '../domain/encode-path.js';
import { failuresHeader } from '../domain/list-failures.js';
import { servedHeaders } from './list-sources.js';
import { forwardableQuery } from '../domain/forward-query.js';
import { parseListParameters } from './list-parameters.js';
import { listMark, type ListWalk } from '../domain/list-walk.js';
import { parameter } from '../domain/query-flags.js';
import { nextLink } from '../domain/rewrite-link.js';
import { parseVia } from '../fallback/upstream/via.js';
import { clientKey } from '../platform/http/client-address.js';
import type { HubRequest } from '../platform/http/hub-request.js';
import { clientAbortSignal, type WireReply } from '../platform/http/send-reply.js';
import { ListCursors } from './list-cursors.service.js';
import { ListsService } from './lists.service.js';

/** Handles list requests: parses parameters and the cursor, and adds the `Link` to the next page. */
@Injectable()
export class ListPages {
  constructor(
    private readonly lists: ListsService,
    private readonly cursors: ListCursors,
  ) {}

  /** @throws HubError `BadRequest` for an invalid parameter or cursor */
  async getPage(type: RepoType, request: HubRequest, response: ServerResponse): Promise<WireReply> {
    const { caller, headers, originalUrl, urls } = request;
    const parameters: QueryPairs = [...new URLSearchParams(originalUrl.split(/\?(.*)/s)[1])];
    const query = parseListParameters(type, parameters);
    const cursor = parameter(parameters, 'cursor');
    const walk = cursor === undefined ? undefined : this.cursors.read(cursor, listMark(query));
    const context = {
      caller,
      client: clientKey(request),
      namespace: query.author ?? '',
      via: parseVia(headers.via),
      parameter: parameter(parameters, 'fallback'),
      signal: clientAbortSignal(response),
      turn: request.turn,
    };
    const { entries, next, failures, served } = await this.lists.page(query, context, walk);
    return {
      status: 200,
      headers: {
        ...(next && { link: nextLink(urls.url(this.nextPath(type, parameters, next))) }),
        ...servedHeaders(served),
        ...(failures.length > 0 && { 'x-source-failures': failuresHeader(failures) }),
      },
      json: entries,
    };
  }

  /** The client's parameters with the new cursor, without any that a list does not have: they may be credentials. */
  private nextPath(type: RepoType, parameters: QueryPairs, walk: ListWalk): string {
    const kept = parameters.filter(
      (pair) => pair[0] === 'fallback' || (pair[0] !== 'cursor' && forwardableQuery('list', [pair]).length > 0),
    );
    return `/api/${type}s${encodeQuery([...kept, ['cursor', this.cursors.write(walk)]])}`;
  }
}
