import { readFileSync } from 'node:fs';
import type { AttemptCategory } from '../../src/domain/attempt.js';
import type { HubErrorCode } from '../../src/domain/hub-error.js';
import type { Operation } from '../../src/domain/operation.js';
import type { Outcome } from '../../src/domain/upstream.js';

interface Recorded {
  readonly status: number | null;
  readonly code?: string;
  readonly msg?: string;
  readonly cat?: string;
  readonly bind?: 'respond' | 'propagate';
  readonly repoMiss?: boolean;
}

/** What KohakuHub was seen to do: one upstream answer per scenario. */
const recorded = (
  JSON.parse(readFileSync(new URL('fixtures/chain-scenarios.json', import.meta.url), 'utf8')) as {
    scenarios: Record<string, Recorded>;
  }
).scenarios;

export type ScenarioName = string;

export interface Scenario extends Recorded {
  readonly name: ScenarioName;
  /** What an attempt with this answer means to us. */
  readonly category: AttemptCategory;
  readonly binds: boolean;
}

/**
 * Where the architecture says otherwise than the recording:
 * - a 429 keeps its own category, so that the client gets 429 with `Retry-After`, not 502;
 * - "Invalid credentials" is a bad token of the source, not a missing repository: without a token to drop it is no definitive no;
 */
const OURS: Readonly<Record<ScenarioName, AttemptCategory>> = { '429_bare': 'rate-limited', '401_creds': 'other' };

export const SCENARIOS: readonly Scenario[] = Object.entries(recorded).map(([name, one]) => ({
  ...one,
  name,
  category: OURS[name] ?? ((one.bind === 'propagate' ? 'not-found' : (one.cat ?? 'ok')) as AttemptCategory),
  binds: one.bind !== undefined,
}));

const repo = { type: 'model', namespace: 'o', name: 'r' } as const;
const file = {
  kind: 'resolve',
  raw: false,
  repo,
  revision: 'main',
  path: ['a.txt'],
  query: [],
  conditions: {},
} as const;

/** Every operation on a repository; each is put through every scenario. */
export const OPERATIONS: Readonly<Record<string, Operation>> = {
  info: { kind: 'info', repo, query: [] },
  revision: { kind: 'revision', repo, rest: ['main'], query: [] },
  tree: { kind: 'tree', repo, rest: ['main'], query: [] },
  pathsInfo: { kind: 'pathsInfo', repo, rest: ['main'], query: [], paths: ['a.txt'], expand: false },
  refs: { kind: 'refs', repo, query: [] },
  commits: { kind: 'commits', repo, rest: ['main'], query: [] },
  resolveHead: { ...file, method: 'HEAD' },
  resolveGet: { ...file, method: 'GET' },
};

/** Every kind of operation. */
export const OPERATION_KINDS = ['resolve', 'info', 'revision', 'tree', 'pathsInfo', 'refs', 'commits'] as const;

export const isFileOperation = (operation: Operation): boolean =>
  operation.kind === 'resolve' || operation.kind === 'pathsInfo';

const successJson = (operation: Operation): unknown =>
  ['tree', 'pathsInfo', 'commits'].includes(operation.kind) ? [] : { id: 'o/r' };

/** The outcome that a source in this scenario gives to an operation. */
export function outcomeOf(scenario: Scenario, operation: Operation): Outcome {
  if (scenario.status === null)
    return { kind: 'failure', category: scenario.name === 'timeout' ? 'timeout' : 'network', message: scenario.name };
  const headers: Record<string, string> = {};
  if (scenario.code) headers['x-error-code'] = scenario.code;
  if (scenario.msg) headers['x-error-message'] = scenario.msg;
  if (scenario.status < 400) headers['x-repo-commit'] = 'a'.repeat(40);
  return {
    kind: 'reply',
    status: scenario.status,
    headers,
    json: scenario.status < 400 ? successJson(operation) : undefined,
  };
}

/** What a client must be told when a chain of these scenarios is exhausted (architecture, last section). */
export function expectedFailure(chain: readonly Scenario[], operation: Operation): HubErrorCode {
  const categories = chain.map(({ category }) => category);
  if (categories.includes('auth')) return 'GatedRepo';
  if (categories.includes('disabled')) return 'Disabled';
  if (categories.includes('forbidden')) return 'Forbidden';
  if (categories.every((category) => category === 'not-found'))
    return isFileOperation(operation) && !chain.some(({ repoMiss }) => repoMiss) ? 'EntryNotFound' : 'RepoNotFound';
  if (categories.includes('rate-limited')) return 'RateLimited';
  const failed = chain.find(({ category }) => category !== 'not-found')!;
  if (failed.category === 'timeout') return 'UpstreamTimeout';
  return failed.status === 503 ? 'UpstreamUnavailable' : 'UpstreamFailed';
}
