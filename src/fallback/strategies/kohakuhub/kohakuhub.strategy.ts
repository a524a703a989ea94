import { isAboutAccount, type AnyOperation } from '../../../domain/hub-operation.js';
import type { QueryPairs } from '../../../domain/operation.js';
import type { RepoId } from '../../../domain/repo-id.js';
import type { Outcome, Reply, UpstreamRequest } from '../../../domain/upstream.js';
import { classifyReply } from '../../../domain/classify-reply.js';
import { decodePeople } from '../decode-people.js';
import { decodeRepositoryJson } from '../decode-repository.js';
import { planList } from '../list-request.js';
import { idSegments, planFile, planJson } from '../repository-requests.js';
import type { SourceStrategy } from '../source-strategy.js';
import { decodeProfile, planKohakuHubAccount } from './kohakuhub-accounts.js';
import { decodeKohakuHubList, decodeUserRepos, kohakuHubListQuery, planUserRepos } from './kohakuhub-list.js';

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
  readonly userRepos = 'together';
  readonly organizationIsTold = ['profile'] as const;

  plan(operation: AnyOperation): UpstreamRequest {
    if (operation.kind === 'userRepos') return planUserRepos(operation, LOCAL_ONLY);
    if (operation.kind === 'list')
      return planList(operation, [...kohakuHubListQuery(operation.question), ...LOCAL_ONLY]);
    if (isAboutAccount(operation)) return planKohakuHubAccount(operation, LOCAL_ONLY);
    if (operation.kind !== 'resolve') return planJson(operation, LOCAL_ONLY);
    return planFile(operation, [`${operation.repo.type}s`, ...idSegments(operation.repo), 'resolve'], LOCAL_ONLY);
  }

  /** KohakuHub itself has git at `/{id}.git` alone; that of a dataset may be a model's of the same name, so it is not asked there. */
  gitHome(repo: RepoId): string[] {
    const [name = '', ...namespace] = idSegments(repo).reverse();
    return [...(repo.type === 'model' ? [] : [`${repo.type}s`]), ...namespace, `${name}.git`];
  }

  classify(operation: AnyOperation, outcome: Outcome) {
    return classifyReply(operation, outcome);
  }

  decode(operation: AnyOperation, reply: Reply): unknown {
    if (operation.kind === 'userRepos') return decodeUserRepos(operation.question, reply.json);
    if (operation.kind === 'list') return decodeKohakuHubList(operation.question, reply.json);
    if (operation.kind === 'accountList') return decodePeople(operation.list, reply.json);
    if (isAboutAccount(operation)) return decodeProfile(operation, reply.json, LOCAL_ONLY);
    return decodeRepositoryJson(operation, reply.json);
  }
}
