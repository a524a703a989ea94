import type { AnyOperation, ListOperation, UserReposOperation } from '../../../domain/operation.js';
import { readTags } from '../../../domain/repo-tags.js';
import type { RepoId } from '../../../domain/repo-id.js';
import type { UpstreamRequest } from '../../../domain/upstream.js';
import { classifyReply } from '../../../domain/classify-reply.js';
import { accountListEntries } from '../account-replies.js';
import { accountSegments } from '../account-requests.js';
import { listEntries } from '../list-replies.js';
import { REPOSITORY_DECODERS } from '../repository-replies.js';
import { idSegments, repositoryPlanners, xetTokenRequest } from '../repository-requests.js';
import { getJson, getPage } from '../requests.js';
import type { Decoders, Outcomes, Planners, Replies, SourceStrategy } from '../source-strategy.js';
import { accountOfOverview } from './huggingface-accounts.js';
import { huggingFaceListQuery } from './huggingface-list.js';

/** A repository's path: models have `/{id}`, other types `/{type}s/{id}` (specification, "URL Mapping"). */
const repoPath = (repo: RepoId): string[] => [...(repo.type === 'model' ? [] : [`${repo.type}s`]), ...idSegments(repo)];

const planList = ({ query, page }: Pick<ListOperation | UserReposOperation, 'query' | 'page'>) =>
  [getPage(['api', `${query.type}s`], huggingFaceListQuery(query), page)] as const;

const decodeList = ({ query }: Pick<ListOperation | UserReposOperation, 'query'>, [reply]: Replies) => ({
  json: { entries: listEntries(query, reply.json), linked: true },
});

/** The API of huggingface.co. Paths of files have no type for models, but paths of the API always have it. */
export class HuggingFaceStrategy implements SourceStrategy {
  readonly type = 'huggingface';
  readonly label = 'Hugging Face';
  readonly urlHint = 'Base URL of the hub, such as https://huggingface.co';
  readonly connectionTest = {
    reach: { segments: ['api', 'models'], query: [['limit', '1']] as const },
    token: { segments: ['api', 'whoami-v2'], query: [] },
  };
  readonly userReposReply = 'one-type';
  readonly organizationLookup = ['members', 'profile'] as const;

  readonly planners: Planners = {
    ...repositoryPlanners([], ({ repo, raw }) => [...repoPath(repo), raw ? 'raw' : 'resolve']),
    list: planList,
    userRepos: planList,
    userProfile: (operation) => [getJson([...accountSegments(operation), 'overview'])],
    organizationProfile: (operation) => [getJson([...accountSegments(operation), 'overview'])],
    tags: ({ type }) => [getJson(['api', `${type}s-tags-by-type`])],
    accountList: (operation) => [getJson([...accountSegments(operation), operation.list], operation.page)],
  };

  readonly decoders: Decoders = {
    ...REPOSITORY_DECODERS,
    list: decodeList,
    userRepos: decodeList,
    userProfile: (operation, [reply]) => ({ json: accountOfOverview(operation, reply.json) }),
    organizationProfile: (operation, [reply]) => ({ json: accountOfOverview(operation, reply.json) }),
    tags: (_, [reply]) => ({ json: readTags(reply.json) }),
    accountList: ({ list }, [reply]) => ({ json: accountListEntries(list, reply.json) }),
  };

  classify(operation: AnyOperation, [outcome]: Outcomes) {
    return classifyReply(operation, outcome);
  }

  /** The buckets of huggingface.co: its API, the `resolve` URLs of files, and all other pages. */
  rateLimitBucket({ segments }: Pick<UpstreamRequest, 'segments'>): string {
    if (segments[0] === 'api') return 'api';
    return segments.includes('resolve') ? 'resolvers' : 'pages';
  }

  xetToken(repo: RepoId, revision: string) {
    return xetTokenRequest(repo, revision, []);
  }

  /** Git uses the same path as files. */
  gitPath(repo: RepoId): string[] {
    return repoPath(repo);
  }
}
