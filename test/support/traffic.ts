import { sendRequest, type HttpResponse, type RequestOptions } from './send-request.js';
import { commitBody, fileLine } from './commit-body.js';

/** The result of a request. */
export interface Outcome {
  readonly kind: 'commit' | 'read' | 'external';
  /** HTTP status; 0 without a response. */
  readonly status: number;
  /** Whether a failure is one that clients can show and repeat: status 503, with words and `Retry-After`. */
  readonly isExplained: boolean;
}

/** A file of an acknowledged commit. */
export interface Acknowledged {
  readonly repo: string;
  readonly path: string;
  readonly content: string;
}

const WORKERS = 4;

function mayRetry({ status, headers, json }: HttpResponse): boolean {
  if (status !== 503 || !(Number(headers['retry-after']) > 0)) return false;
  const { error } = json() as { error?: string };
  return /^[A-Z].*\.$/.test(error ?? '') && headers['x-error-message'] === error;
}

/** Clients that commit and read continuously and record the results. */
export class Traffic {
  readonly outcomes: Outcome[] = [];
  readonly acknowledged: Acknowledged[] = [];
  private running = true;
  private waiters: (() => void)[] = [];
  private readonly workers: Promise<unknown>;

  /** @param repos - one repository for each worker */
  private constructor(
    private readonly url: string,
    private readonly token: string,
    repos: readonly string[],
    private readonly external: string,
  ) {
    this.workers = Promise.all(repos.map((repo) => this.work(repo)));
  }

  /** @param account - whose repositories are created, and the external repository that is read */
  static async start(
    url: string,
    token: string,
    { owner, external = 'far-ai/tiny' }: { readonly owner: string; readonly external?: string },
    tag: string,
  ): Promise<Traffic> {
    const repos = Array.from({ length: WORKERS }, (_, n) => `${owner}/traffic-${tag}-${n}`);
    for (const repo of repos) {
      const made = await fetch(`${url}/api/repos/create`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ type: 'model', name: repo.split('/')[1] }),
      });
      if (!made.ok) throw new Error(`${repo}: ${made.status} ${await made.text()}`);
    }
    return new Traffic(url, token, repos, external);
  }

  /** Waits until each kind of request has succeeded `each` more times. */
  async waitForSuccesses(each: number): Promise<void> {
    const from = this.outcomes.length;
    const enough = (): boolean =>
      (['commit', 'read', 'external'] as const).every(
        (kind) =>
          this.outcomes.slice(from).filter((outcome) => outcome.kind === kind && outcome.status === 200).length >= each,
      );
    while (!enough()) await new Promise<void>((resolve) => this.waiters.push(resolve));
  }

  /** Waits until this many more requests have succeeded or failed. */
  async waitForRequests(requests: number): Promise<void> {
    const enough = this.outcomes.length + requests;
    while (this.outcomes.length < enough) await new Promise<void>((resolve) => this.waiters.push(resolve));
  }

  async stop(): Promise<void> {
    this.running = false;
    await this.workers;
  }

  /** Number of failures by kind and status. */
  get failures(): Readonly<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const { kind, status } of this.outcomes)
      if (status !== 200) counts[`${kind} ${status}`] = (counts[`${kind} ${status}`] ?? 0) + 1;
    return counts;
  }

  /** Failures that clients cannot show or repeat. */
  get unexplained(): readonly Outcome[] {
    return this.outcomes.filter(({ status, isExplained }) => status !== 200 && !isExplained);
  }

  /** Acknowledged files that are missing or have changed; there must be none. */
  async lost(): Promise<string[]> {
    const wrong: string[] = [];
    for (const { repo, path, content } of this.acknowledged) {
      const answer = await fetch(`${this.url}/${repo}/resolve/main/${path}`);
      if (!answer.ok || (await answer.text()) !== content) wrong.push(`${repo}/${path}: ${answer.status}`);
    }
    return wrong;
  }

  private async work(repo: string): Promise<void> {
    for (let n = 0; this.running; n++) {
      const file = { repo, path: `${n}.txt`, content: `content ${n} of ${repo}` };
      const body = commitBody(`Add ${n}`, fileLine(file.path, file.content));
      const headers = { authorization: `Bearer ${this.token}`, 'content-type': 'application/x-ndjson' };
      const committed = await this.request('commit', `/api/models/${repo}/commit/main`, {
        method: 'POST',
        body,
        headers,
      });
      if (committed === 200) this.acknowledged.push(file);
      await this.request('read', `/${repo}/resolve/main/.gitattributes`);
      await this.request('external', `/api/models/${this.external}`);
    }
  }

  /**
   * Uses a new connection: nginx closes idle ones when its replicas change, and a request sent over such a connection at that moment
   * is lost (newer versions of nginx avoid this with `keepalive_min_timeout`).
   */
  private async request(kind: Outcome['kind'], path: string, options: RequestOptions = {}): Promise<number> {
    const { status, isExplained } = await sendRequest(this.url, path, options).then(
      (answer) => ({ status: answer.status, isExplained: mayRetry(answer) }),
      () => ({ status: 0, isExplained: false }),
    );
    this.outcomes.push({ kind, status, isExplained });
    for (const resolve of this.waiters.splice(0)) resolve();
    return status;
  }
}
