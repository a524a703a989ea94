import { isAboutAccount, isList, type AnyOperation } from '../../../domain/hub-operation.js';
import type { RepoId } from '../../../domain/repo-id.js';
import type { Outcome, Reply, UpstreamRequest } from '../../../domain/upstream.js';
import { classifyReply } from '../../../domain/classify-reply.js';
import { decodeList } from '../decode-list.js';
import { decodePeople } from '../decode-people.js';
import { decodeRepositoryJson } from '../decode-repository.js';
import { planList } from '../list-request.js';
import { idSegments, planFile, planJson } from '../repository-requests.js';
import type { SourceStrategy } from '../source-strategy.js';
import { decodeOverview, planHuggingFaceAccount } from './huggingface-accounts.js';
import { huggingFaceListQuery } from './huggingface-list.js';

/**
 * huggingface.co's dialect. Its URLs are asymmetric: a model's files lie under `/{id}`, those of other types under `/{type}s/{id}`,
 * the API always under `/api/{type}s/{id}` (specification, "URL Mapping").
 */
export class HuggingFaceStrategy implements SourceStrategy {
  readonly type = 'huggingface';
  readonly harmlessQuestions = {
    reach: { segments: ['api', 'models'], query: [['limit', '1']] as const },
    token: { segments: ['api', 'whoami-v2'], query: [] },
  };
  readonly userRepos = 'by-type';
  readonly organizationIsTold = ['members', 'profile'] as const;

  plan(operation: AnyOperation): UpstreamRequest {
    if (isList(operation)) return planList(operation, huggingFaceListQuery(operation.question));
    if (isAboutAccount(operation)) return planHuggingFaceAccount(operation);
    if (operation.kind !== 'resolve') return planJson(operation, []);
    return planFile(operation, [...this.gitHome(operation.repo), operation.raw ? 'raw' : 'resolve'], []);
  }

  /** Files lie there, too. */
  gitHome(repo: RepoId): string[] {
    return [...(repo.type === 'model' ? [] : [`${repo.type}s`]), ...idSegments(repo)];
  }

  classify(operation: AnyOperation, outcome: Outcome) {
    return classifyReply(operation, outcome);
  }

  decode(operation: AnyOperation, reply: Reply): unknown {
    if (isList(operation)) return { entries: decodeList(operation.question, reply.json), linked: true };
    if (operation.kind === 'accountList') return decodePeople(operation.list, reply.json);
    if (isAboutAccount(operation)) return decodeOverview(operation, reply.json);
    return decodeRepositoryJson(operation, reply.json);
  }
}
