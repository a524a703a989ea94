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

/** Recorded behavior of KohakuHub: one upstream response per scenario. */
const recorded = (
  JSON.parse(readFileSync(new URL('fixtures/chain-scenarios.json', import.meta.url), 'utf8')) as {
    scenarios: Record<string, Recorded>;
  }
).scenarios;

export type ScenarioName = string;

export interface Scenario extends Recorded {
  readonly name: ScenarioName;
  /** The category of an attempt with this response. */
  readonly category: AttemptCategory;
  readonly binds: boolean;
}

/**
 * Scenarios in which Hubfall intentionally differs from the recording:
 * - a 429 has its own category, so that the client gets 429 with `Retry-After`, not 502;
 * - "Invalid credentials" means a rejected token of the source, not a missing repository.
 */
const HUBFALL_CATEGORIES: Readonly<Record<ScenarioName, AttemptCategory>> = {
  '429_bare': 'rate-limited',
  '401_creds': 'other',
};

export const SCENARIOS: readonly Scenario[] = Object.entries(recorded).map(([name, scenario]) => ({
  ...scenario,
  name,
  category:
    HUBFALL_CATEGORIES[name] ??
    ((scenario.bind === 'propagate' ? 'not-found' : (scenario.cat ?? 'ok')) as AttemptCategory),
  binds: scenario.bind !== undefined,
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

/** All operations on repositories; each is tested with all scenarios. */
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
export const OPERATION_KINDS = [
  'resolve',
  'info',
  'revision',
  'tree',
  'pathsInfo',
  'refs',
  'commits',
  'compare',
  'discussions',
  'likers',
] as const;

export const isFileOperation = (operation: Operation): boolean =>
  operation.kind === 'resolve' || operation.kind === 'pathsInfo';

const successJson = ({ kind }: Operation): unknown => {
  if (kind === 'refs') return { branches: [] };
  return ['tree', 'pathsInfo', 'commits'].includes(kind) ? [] : { id: 'o/r' };
};

/** The outcome of an operation in this scenario. */
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

/** The error that clients must get if all sources of the chain fail like this. */
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
