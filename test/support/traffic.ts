import { sendRequest, type RequestOptions } from './send-request.js';
import { commitBody, fileLine } from './commit-body.js';

/** What a request came to. */
export interface Outcome {
  readonly what: 'commit' | 'read' | 'far';
  /** 0: no answer. */
  readonly status: number;
}

/** A commit that the hub has acknowledged. */
export interface Acknowledged {
  readonly repo: string;
  readonly path: string;
  readonly content: string;
}

const WORKERS = 4;

/** Clients that commit and read without a pause, and write down what came of it. */
export class Traffic {
  readonly outcomes: Outcome[] = [];
  readonly acknowledged: Acknowledged[] = [];
  private running = true;
  private wakers: (() => void)[] = [];
  private readonly workers: Promise<unknown>;

  /** @param owner account whose token it is; each worker has a repository of its own, made here */
  private constructor(
    private readonly url: string,
    private readonly token: string,
    repos: readonly string[],
  ) {
    this.workers = Promise.all(repos.map((repo) => this.work(repo)));
  }

  static async start(url: string, token: string, owner: string, tag: string): Promise<Traffic> {
    const repos = Array.from({ length: WORKERS }, (_, n) => `${owner}/traffic-${tag}-${n}`);
    for (const repo of repos) {
      const made = await fetch(`${url}/api/repos/create`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ type: 'model', name: repo.split('/')[1] }),
      });
      if (!made.ok) throw new Error(`${repo}: ${made.status} ${await made.text()}`);
    }
    return new Traffic(url, token, repos);
  }

  /** Waits until every kind of request has succeeded this often from now on. */
  async successes(each: number): Promise<void> {
    const from = this.outcomes.length;
    const enough = (): boolean =>
      (['commit', 'read', 'far'] as const).every(
        (what) => this.outcomes.slice(from).filter((one) => one.what === what && one.status === 200).length >= each,
      );
    while (!enough()) await new Promise<void>((wake) => this.wakers.push(wake));
  }

  /** Waits until this many requests have come to something, whatever it is. */
  async rounds(requests: number): Promise<void> {
    const enough = this.outcomes.length + requests;
    while (this.outcomes.length < enough) await new Promise<void>((wake) => this.wakers.push(wake));
  }

  async stop(): Promise<void> {
    this.running = false;
    await this.workers;
  }

  /** How often each failure came, by status. */
  get failures(): Readonly<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const { what, status } of this.outcomes)
      if (status !== 200) counts[`${what} ${status}`] = (counts[`${what} ${status}`] ?? 0) + 1;
    return counts;
  }

  /** Acknowledged files that are not there, or not as they were sent; there must be none. */
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
      await this.request('far', '/api/models/far-ai/tiny');
    }
  }

  /**
   * Over a connection of its own: nginx closes idle ones when it is given other replicas, and a request that is just then on its way over
   * one is lost before any hub has seen it (what `keepalive_min_timeout` of later versions mends).
   */
  private async request(what: Outcome['what'], path: string, options: RequestOptions = {}): Promise<number> {
    const status = await sendRequest(this.url, path, options).then(
      (answer) => answer.status,
      () => 0,
    );
    this.outcomes.push({ what, status });
    for (const wake of this.wakers.splice(0)) wake();
    return status;
  }
}
