import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ATTEMPT_CATEGORIES, type Classification } from '../../src/domain/attempt.js';
import { encodeForm, encodePath, encodeQuery } from '../../src/domain/encode-path.js';
import { OPERATION_KINDS, type AnyOperation, type AnyOperationKind } from '../../src/domain/operation.js';
import type { RepoId } from '../../src/domain/repo-id.js';
import { FAILURE_CATEGORIES, type Outcome, type Reply, type UpstreamRequest } from '../../src/domain/upstream.js';
import {
  decodeReplies,
  planRequests,
  type Outcomes,
  type Replies,
  type SourceStrategy,
} from '../../src/fallback/strategies/source-strategy.js';

/** All kinds of operations, for which a strategy must have golden requests. */
const EVERY_KIND: readonly AnyOperationKind[] = [
  ...OPERATION_KINDS,
  'list',
  'userRepos',
  'userProfile',
  'organizationProfile',
  'accountList',
  'tags',
];

/** An operation with its replies, and what they mean in the hub's own format. */
export interface GoldenReply {
  readonly operation: AnyOperation;
  readonly replies: readonly (Partial<Reply> & { readonly status?: number })[];
  readonly json: unknown;
  /** The decoded headers to check. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Expected behavior of a strategy: the requests for each operation, and the results of replies. */
export interface Golden {
  /** Each request as `METHOD /path?query`, with a form body after a space. */
  readonly requests: readonly (readonly [operation: AnyOperation, ...requests: string[]])[];
  readonly replies: readonly GoldenReply[];
  readonly classifications: readonly (readonly [
    operation: AnyOperation,
    outcomes: readonly (Partial<Reply> & { readonly status: number })[],
    expected: Partial<Classification>,
  ])[];
  readonly gitPaths: readonly (readonly [RepoId, string])[];
  /** The rate limits that the requests count towards. */
  readonly rateLimitBuckets: readonly (string | undefined)[];
}

const REQUEST_FIELDS = ['method', 'segments', 'query', 'form', 'conditions', 'expects', 'follow', 'mayBeLarge'];

const written = ({ method, segments, query, form }: UpstreamRequest): string =>
  `${method} ${encodePath(segments)}${encodeQuery(query)}${form ? ` ${encodeForm(form)}` : ''}`;

const replyOf = (given: Partial<Reply>): Reply => ({ kind: 'reply', status: 200, headers: {}, ...given });

/** The contract suite of all strategies; `golden` is taken from the documentation of the API. */
export function testStrategy(strategy: SourceStrategy, golden: Golden): void {
  describe(`${strategy.type} strategy`, () => {
    it('has a type that settings accept, a label and a hint', () => {
      expect(strategy.type).toMatch(/^[a-z0-9-]{1,32}$/);
      expect(strategy.label).not.toBe('');
      expect(strategy.urlHint).toMatch(/^[A-Z].*[^.]$/);
    });

    it('sends the documented requests', () => {
      const actual = golden.requests.map(([operation]) => planRequests(strategy, operation).map(written));
      expect(actual).toEqual(golden.requests.map(([, ...requests]) => requests));
    });

    it('assigns requests to the documented rate limits', () => {
      const requests = golden.requests.flatMap(([operation]) => planRequests(strategy, operation));
      const buckets = new Set(requests.map((request) => strategy.rateLimitBucket(request)));
      expect(buckets).toEqual(new Set(golden.rateLimitBuckets));
    });

    it('has golden requests for every kind of operation', () => {
      expect(new Set(golden.requests.map(([{ kind }]) => kind))).toEqual(new Set(EVERY_KIND));
    });

    it('passes no client headers except Range and If-* of files', () => {
      const conditions = { range: 'bytes=0-1', 'if-none-match': '"x"' };
      for (const [operation] of golden.requests) {
        const isFile = operation.kind === 'resolve';
        for (const request of planRequests(strategy, isFile ? { ...operation, conditions } : operation)) {
          expect(Object.keys(request).filter((name) => !REQUEST_FIELDS.includes(name))).toEqual([]);
          if (!isFile) expect(request.conditions).toBeUndefined();
        }
      }
    });

    it('streams files, reads comparisons as text and parses everything else as JSON', () => {
      for (const [operation] of golden.requests) {
        const [main] = planRequests(strategy, operation);
        expect(main.expects).toBe(
          operation.kind === 'resolve' ? 'stream' : operation.kind === 'compare' ? 'text' : 'json',
        );
      }
    });

    it('decodes the documented replies', () => {
      for (const { operation, replies, json, headers = {} } of golden.replies) {
        const given = replies.map(replyOf) as unknown as Replies;
        expect(strategy.classify(operation, given)).toMatchObject({ verdict: 'serve', category: 'ok' });
        const decoded = decodeReplies(strategy, operation, given);
        expect(decoded.json).toEqual(json);
        expect(decoded.headers ?? given[0].headers).toMatchObject(headers);
      }
    });

    it('classifies the documented error replies', () => {
      for (const [operation, outcomes, expected] of golden.classifications)
        expect(strategy.classify(operation, outcomes.map(replyOf) as unknown as Outcomes)).toMatchObject(expected);
    });

    it('clones from the documented paths', () => {
      const actual = golden.gitPaths.map(([repo]) => encodePath(strategy.gitPath(repo)));
      expect(actual).toEqual(golden.gitPaths.map(([, path]) => path));
    });

    it('tests connections with plain GETs of its API', () => {
      for (const { segments } of Object.values(strategy.connectionTest)) expect(segments[0]).toBe('api');
    });

    it('has a verdict for every outcome, and never throws', () => classifiesEverything(strategy, golden));
  });
}

const text = fc.oneof(
  fc.string(),
  fc.constantFrom('RepoNotFound', 'EntryNotFound', 'RevisionNotFound', 'GatedRepo'),
  fc.constantFrom('Access to this resource is disabled.', 'Invalid credentials in Authorization header', 'text/html'),
);
const headerName = fc.constantFrom(
  'x-error-code',
  'x-error-message',
  'x-repo-commit',
  'content-type',
  'location',
  'etag',
);
const anyOutcome: fc.Arbitrary<Outcome> = fc.oneof(
  fc.record({
    kind: fc.constant('failure' as const),
    category: fc.constantFrom(...FAILURE_CATEGORIES),
    message: text,
  }),
  fc.record(
    {
      kind: fc.constant('reply' as const),
      status: fc.integer({ min: 100, max: 599 }),
      message: text,
      headers: fc.dictionary(headerName, text),
      json: fc.jsonValue(),
      location: fc.webUrl(),
    },
    { requiredKeys: ['kind', 'status', 'headers'] },
  ),
);

function classifiesEverything(strategy: SourceStrategy, { requests }: Golden): void {
  const operations = requests.map(([operation]) => operation);
  fc.assert(
    fc.property(
      fc.constantFrom(...operations),
      fc.array(anyOutcome, { minLength: 3, maxLength: 3 }),
      (operation, all) => {
        const outcomes = all.slice(0, planRequests(strategy, operation).length) as unknown as Outcomes;
        const { verdict, category, repoDenied } = strategy.classify(operation, outcomes);
        expect(['serve', 'propagate', 'next']).toContain(verdict);
        expect(ATTEMPT_CATEGORIES).toContain(category);
        expect(verdict === 'serve').toBe(category === 'ok');
        if (outcomes[0].kind === 'failure')
          expect({ verdict, repoDenied }).toEqual({ verdict: 'next', repoDenied: false });
        if (verdict === 'serve') decodeReplies(strategy, operation, outcomes as Replies);
      },
    ),
    { numRuns: 1000 },
  );
}
