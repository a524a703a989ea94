import type { AnyOperation } from '../../../domain/operation.js';
import type { QueryPairs } from '../../../domain/query.js';
import { readTags } from '../../../domain/repo-tags.js';
import type { RepoId } from '../../../domain/repo-id.js';
import { classifyReply } from '../../../domain/classify-reply.js';
import { accountListEntries } from '../account-replies.js';
import { accountSegments } from '../account-requests.js';
import { REPOSITORY_DECODERS } from '../repository-replies.js';
import { idSegments, repositoryPlanners, xetTokenRequest } from '../repository-requests.js';
import { getJson, getPage } from '../requests.js';
import type { Decoders, Outcomes, Planners, SourceStrategy } from '../source-strategy.js';
import { accountOfProfile } from './kohakuhub-accounts.js';
import { kohakuHubListPage, kohakuHubListQuery, userReposPage, userReposQuery } from './kohakuhub-list.js';

/** All requests are for local content only, so that hubs that are sources of each other do not cause request loops. */
const LOCAL_ONLY: QueryPairs = [['fallback', 'false']];

/**
 * The API of KohakuHub and Hubfall: files of every type are under `/{type}s/{id}`. KohakuHub has no `/raw/` (it would return a web page),
 * so raw files are requested with `resolve`, which returns the same bytes except for large files, of which `/raw/` has the pointer.
 */
export class KohakuHubStrategy implements SourceStrategy {
  readonly type = 'kohakuhub';
  readonly label = 'KohakuHub or Hubfall';
  readonly urlHint = 'Base URL of another KohakuHub or Hubfall, such as https://hub.example.com';
  readonly connectionTest = {
    reach: { segments: ['api', 'version'], query: [] },
    token: { segments: ['api', 'whoami-v2'], query: [] },
  };
  readonly userReposReply = 'all-types';
  readonly organizationLookup = ['profile'] as const;

  readonly planners: Planners = {
    ...repositoryPlanners(LOCAL_ONLY, ({ repo }) => [`${repo.type}s`, ...idSegments(repo), 'resolve']),
    list: ({ query, page }) => [
      getPage(['api', `${query.type}s`], [...kohakuHubListQuery(query), ...LOCAL_ONLY], page),
    ],
    userRepos: ({ query, page }) => [
      getPage(['api', 'users', query.author ?? '', 'repos'], [...userReposQuery(query), ...LOCAL_ONLY], page),
    ],
    userProfile: (operation) => [getJson([...accountSegments(operation), 'profile'], LOCAL_ONLY)],
    organizationProfile: (operation) => [getJson([...accountSegments(operation), 'profile'], LOCAL_ONLY)],
    tags: ({ type }) => [getJson(['api', `${type}s-tags-by-type`], LOCAL_ONLY)],
    accountList: (operation) => {
      const { list, name, page } = operation;
      const owner = list === 'members' ? ['org', name] : accountSegments(operation);
      return [getJson([...owner, list], [...page, ...LOCAL_ONLY])];
    },
  };

  readonly decoders: Decoders = {
    ...REPOSITORY_DECODERS,
    list: ({ query }, [reply]) => ({ json: kohakuHubListPage(query, reply.json) }),
    userRepos: ({ query }, [reply]) => ({ json: userReposPage(query, reply.json) }),
    userProfile: (operation, [reply]) => ({ json: accountOfProfile(operation, reply.json, LOCAL_ONLY) }),
    organizationProfile: (operation, [reply]) => ({ json: accountOfProfile(operation, reply.json, LOCAL_ONLY) }),
    tags: (_, [reply]) => ({ json: readTags(reply.json) }),
    accountList: ({ list }, [reply]) => ({ json: accountListEntries(list, reply.json) }),
  };

  classify(operation: AnyOperation, [outcome]: Outcomes) {
    return classifyReply(operation, outcome);
  }

  /** KohakuHub and Hubfall have one limit for all requests. */
  rateLimitBucket(): undefined {
    return undefined;
  }

  xetToken(repo: RepoId, revision: string) {
    return xetTokenRequest(repo, revision, LOCAL_ONLY);
  }

  /** KohakuHub has git at `/{id}.git` only, where a dataset could be mistaken for a model of the same name; Hubfall has `/datasets/{id}.git`. */
  gitPath(repo: RepoId): string[] {
    const [name = '', ...namespace] = idSegments(repo).reverse();
    return [...(repo.type === 'model' ? [] : [`${repo.type}s`]), ...namespace, `${name}.git`];
  }
}
