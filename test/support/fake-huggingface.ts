import { accountResponder, repoListResponder } from './fake-huggingface-accounts.js';
import {
  commitsResponder,
  compareResponder,
  infoResponder,
  pathsInfoResponder,
  refsResponder,
  treeResponder,
} from './fake-huggingface-api.js';
import { badToken, noSuchPage, quotaExhausted, repoMissing } from './fake-huggingface-errors.js';
import { cachedFileResponder, fileResponder, rawResponder, xetTokenResponder } from './fake-huggingface-files.js';
import { parseHubUrl, type RepoRequest } from './fake-huggingface-urls.js';
import { FakeCdn } from './fake-cdn.js';
import { isProfilePath, profilesResponder, type FakeProfiles } from './fake-profiles.js';
import { redirect } from './fake-replies.js';
import { FakeRepo, type FakeRepoSpec } from './fake-repo.js';
import type { FakeXetStorage } from './fake-xet-storage.js';
import { FakeUpstream, type Responder, type RecordedRequest } from './fake-upstream.js';

/** An account with a token. */
export interface FakeAccount {
  readonly name: string;
  readonly token: string;
  /** Ids of private and gated repositories that this account may read. */
  readonly reads?: readonly string[];
}

export interface FakeHuggingFaceOptions {
  readonly repos?: readonly FakeRepoSpec[];
  readonly accounts?: readonly FakeAccount[];
  /** Users and organizations with profiles. */
  readonly people?: FakeProfiles;
  /** Returns files with 200 instead of redirects, as older versions of huggingface.co did. */
  readonly direct?: boolean;
  /** Entries per page of a tree; 1000 on huggingface.co. */
  readonly pageSize?: number;
  /** The storage that its Xet hints lead to; without one, they lead nowhere. */
  readonly xet?: FakeXetStorage;
  readonly host?: string;
  readonly cdnHost?: string;
}

/** A request for a repository that exists and is visible to the account. */
export interface RepoRequestContext {
  readonly hub: FakeHuggingFace;
  readonly repo: FakeRepo;
  readonly repoRequest: RepoRequest;
  readonly request: RecordedRequest;
  readonly account: FakeAccount | undefined;
}

const RESPONDERS: Record<RepoRequest['verb'], (context: RepoRequestContext) => Responder> = {
  info: infoResponder,
  revision: infoResponder,
  tree: treeResponder,
  'paths-info': pathsInfoResponder,
  refs: refsResponder,
  commits: commitsResponder,
  compare: compareResponder,
  resolve: fileResponder,
  raw: rawResponder,
  'resolve-cache': cachedFileResponder,
  'xet-read-token': xetTokenResponder,
};

/** Headers of all responses of huggingface.co, which Hubfall must not forward. */
const INTERNAL_HEADERS = {
  'x-powered-by': 'huggingface-moon',
  'x-request-id': 'Root=1-65f0c0ff-ee0c0ffee0c0ffee0c0ffee0',
  'access-control-allow-origin': 'https://huggingface.co',
  'cross-origin-opener-policy': 'same-origin',
  'content-security-policy': "default-src 'none'",
  vary: 'Origin, Accept',
};

/** A fake huggingface.co with a CDN on another host. Both record their requests. */
export class FakeHuggingFace {
  readonly repos: FakeRepo[];
  /** Overrides the response to all requests for a repository id, even a missing one. */
  readonly scripts = new Map<string, Responder>();
  /** If set, all responses are 429. */
  exhausted = false;

  private constructor(
    readonly upstream: FakeUpstream,
    readonly cdn: FakeCdn,
    readonly options: FakeHuggingFaceOptions,
  ) {
    this.repos = (options.repos ?? []).map((spec) => new FakeRepo(spec));
    upstream.reply = (response, request) => {
      for (const [name, value] of Object.entries(this.headersFor(request))) response.setHeader(name, value);
      return this.answer(request)(response, request);
    };
  }

  static async start(options: FakeHuggingFaceOptions = {}): Promise<FakeHuggingFace> {
    const upstream = await FakeUpstream.start(undefined, options.host);
    return new FakeHuggingFace(upstream, await FakeCdn.start(options.cdnHost), options);
  }

  get url(): string {
    return this.upstream.url;
  }

  /** All requests to the hub and its CDN so far. */
  get requests(): readonly RecordedRequest[] {
    return [...this.upstream.requests, ...this.cdn.upstream.requests];
  }

  forget(): void {
    this.upstream.forget();
    this.cdn.upstream.forget();
  }

  repo(id: string): FakeRepo {
    const found = this.repos.find((repo) => repo.id === id);
    if (!found) throw new Error(`The fake huggingface.co has no ${id}`);
    return found;
  }

  async close(): Promise<void> {
    await Promise.all([this.upstream.close(), this.cdn.close()]);
  }

  private headersFor(request: RecordedRequest): Record<string, string> {
    const bucket = request.url.includes('/resolve') ? 'resolvers' : 'api';
    const quota = bucket === 'api' ? 500 : 3000;
    return {
      ...INTERNAL_HEADERS,
      ratelimit: `"${bucket}";r=${this.exhausted ? 0 : quota - 1};t=55`,
      'ratelimit-policy': `"fixed window";"${bucket}";q=${quota};w=300`,
      ...(request.url.startsWith('/api/') ? { 'set-cookie': 'hf-session=upstream; Path=/; HttpOnly' } : {}),
    };
  }

  private answer(request: RecordedRequest): Responder {
    if (this.exhausted) return quotaExhausted();
    const token = /^Bearer (.*)$/.exec(request.headers.authorization ?? '')?.[1];
    const account = this.options.accounts?.find((candidate) => candidate.token === token);
    if (token !== undefined && !account) return badToken();
    const { people } = this.options;
    if (people && isProfilePath(people, request.url)) return profilesResponder(people);
    const repoRequest = parseHubUrl(request.url);
    if (!repoRequest)
      return accountResponder(this, request, account) ?? repoListResponder(this, request, account) ?? noSuchPage();
    const script = this.scripts.get(repoRequest.id);
    return script ?? this.answerRepo(repoRequest, request, account);
  }

  /** The response without the script of the repository. */
  unscripted(request: RecordedRequest): Responder {
    return this.answerRepo(parseHubUrl(request.url)!, request, undefined);
  }

  private answerRepo(repoRequest: RepoRequest, request: RecordedRequest, account: FakeAccount | undefined): Responder {
    const sameType = this.repos.filter((repo) => repo.type === repoRequest.type);
    const wanted = repoRequest.id.toLowerCase();
    const repo = sameType.find(({ id, spec }) =>
      [id, ...(spec.aliases ?? [])].some((name) => name.toLowerCase() === wanted),
    );
    if (!repo || (repo.spec.private && !account?.reads?.includes(repo.id))) return repoMissing(account);
    if (repo.id !== repoRequest.id) return redirect(307, repoRequest.under(repo.id));
    return RESPONDERS[repoRequest.verb]({ hub: this, repo, repoRequest, request, account });
  }
}
