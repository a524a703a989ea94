import type { Operation, QueryPairs } from '../../hub/language/operation.js';
import type { Outcome, Reply, UpstreamRequest } from '../../hub/language/upstream.js';
import { classifyReply } from '../../hub/rules/classify-reply.js';
import { decodeRepositoryJson } from '../decode-repository.js';
import { idSegments, planFile, planJson } from '../repository-requests.js';
import type { SourceStrategy } from '../source-strategy.js';

/** Hubs that list each other must not ask each other in circles: each answers us from what it has itself. */
const LOCAL_ONLY: QueryPairs = [['fallback', 'false']];

/**
 * The dialect of KohakuHub and of Hubfall: every type's files lie under `/{type}s/{id}`. It has no `/raw/`, where its web page would
 * answer for anything, so a raw file is asked for as `resolve` (the same bytes, except for the pointers of large files).
 */
export class KohakuHubStrategy implements SourceStrategy {
  readonly type = 'kohakuhub';
  readonly harmlessQuestions = {
    reach: { segments: ['api', 'version'], query: [] },
    token: { segments: ['api', 'whoami-v2'], query: [] },
  };

  plan(operation: Operation): UpstreamRequest {
    if (operation.kind !== 'resolve') return planJson(operation, LOCAL_ONLY);
    return planFile(operation, [`${operation.repo.type}s`, ...idSegments(operation.repo), 'resolve'], LOCAL_ONLY);
  }

  classify(operation: Operation, outcome: Outcome) {
    return classifyReply(operation, outcome);
  }

  decode(operation: Operation, reply: Reply): unknown {
    return decodeRepositoryJson(operation, reply.json);
  }
}
