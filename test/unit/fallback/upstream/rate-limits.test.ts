import { limitedBuckets, reportedLimits } from '../../../../src/fallback/upstream/rate-limit-header.js';
import { RateLimits } from '../../../../src/fallback/upstream/rate-limits.js';
import type { Credential } from '../../../../src/fallback/upstream/request-budgets.js';

const POLICY = '"fixed window";"api";q=500;w=300';

it('reportedLimits reads the headers of huggingface.co and of the draft standard', () => {
  const full = { bucket: 'api', remaining: 499, resetSeconds: 295, quota: 500, windowSeconds: 300 };
  expect(reportedLimits({ ratelimit: '"api";r=499;t=295', 'ratelimit-policy': POLICY })).toEqual([full]);
  expect(reportedLimits({ ratelimit: '"api";r=499;t=295', 'ratelimit-policy': '"api";q=500;w=300' })).toEqual([full]);
  expect(reportedLimits({ ratelimit: 'api; r=1; t=2, "pages";r=3' })).toEqual([
    { bucket: 'api', remaining: 1, resetSeconds: 2 },
    { bucket: 'pages', remaining: 3 },
  ]);
  for (const ratelimit of ['', ';;;', '"', '"a";r=x', ',,,', 'limit=100, remaining=5'])
    expect(reportedLimits({ ratelimit }).every(({ remaining }) => remaining === undefined)).toBe(true);
  const many = Array.from({ length: 1000 }, (_, n) => `"${'b'.repeat(200)}${n}";r=0`).join(',');
  expect(reportedLimits({ ratelimit: many }).length).toBeLessThanOrEqual(8);
});

it.each<[string, string, string[]]>([
  ['"api";r=0;t=55', POLICY, ['api']],
  ['"api";r=0;t=55, "resolvers";r=9;t=200', '', ['api']],
  ['"api";r=0;t=55, "resolvers";r=0;t=200', '', ['api', 'resolvers']],
  ['"api";r=5;t=55', '', ['api']],
  ['"api";r=5;t=55, "pages";r=5;t=55', '', []],
  ['', POLICY, ['api']],
  ['', '', []],
])('a 429 with RateLimit %s and RateLimit-Policy %s is about the buckets %j', (ratelimit, policy, buckets) => {
  expect(limitedBuckets({ ratelimit, 'ratelimit-policy': policy })).toEqual(buckets);
});

describe('holds', () => {
  const clock = { now: 1_000_000 };
  const heldIn = (limits: RateLimits): string[] =>
    (['api', 'resolvers', undefined] as const).flatMap((bucket) =>
      (['token', 'anonymous'] as const)
        .filter((credential) => limits.heldUntil(bucket, credential) !== undefined)
        .map((credential) => `${bucket} ${credential}`),
    );

  it.each<[string, string | undefined, Credential, Record<string, string>, string[]]>([
    ['the named bucket', 'api', 'token', { ratelimit: '"api";r=0;t=200' }, ['api token']],
    ['everything without a bucket', 'api', 'token', {}, ['api token', 'resolvers token', 'undefined token']],
    ['anonymous requests', 'api', 'anonymous', { ratelimit: '"api";r=0;t=200' }, ['api anonymous']],
    [
      'also the bucket of the request',
      'resolvers',
      'token',
      { ratelimit: '"api";r=0' },
      ['api token', 'resolvers token'],
    ],
    [
      'everything of a source with one limit',
      undefined,
      'token',
      { ratelimit: '"api";r=0' },
      ['api token', 'resolvers token', 'undefined token'],
    ],
  ])('apply to %s', (_, bucket, credential, headers, held) => {
    const limits = new RateLimits(() => clock.now);
    limits.hold(headers, bucket, credential, 200);
    expect(heldIn(limits)).toEqual(held);
    expect(limits.activeHolds().every(({ until }) => until === clock.now + 200_000)).toBe(true);
    clock.now += 200_000;
    expect([heldIn(limits), limits.activeHolds()]).toEqual([[], []]);
  });

  it('end with the later one of two replies, and when they are reset', () => {
    const limits = new RateLimits(() => clock.now);
    limits.hold({}, 'api', 'token', 200);
    limits.hold({}, 'api', 'token', 5);
    expect(limits.heldUntil('api', 'token')).toBe(clock.now + 200_000);
    limits.reset();
    expect(heldIn(limits)).toEqual([]);
  });

  it('do not grow without limit with the names of a source', () => {
    const limits = new RateLimits(() => clock.now);
    for (let n = 0; n < 1000; n++) {
      const ratelimit = `"b${n}";r=0;t=9`;
      limits.hold({ ratelimit }, 'api', 'token', 1);
      limits.recordBudgets({ ratelimit }, 'api', 'token');
      clock.now += 10;
    }
    expect(limits.activeHolds().length).toBeLessThanOrEqual(32);
    expect(limits.currentBudgets().length).toBeLessThanOrEqual(32);
  });
});

it('budgets are those of the last reply, until their window ends', () => {
  const clock = { now: 0 };
  const limits = new RateLimits(() => clock.now);
  limits.recordBudgets({ ratelimit: '"api";r=499;t=295', 'ratelimit-policy': POLICY }, 'api', 'token');
  limits.recordBudgets({ ratelimit: '"api";r=498;t=290', 'ratelimit-policy': POLICY }, 'api', 'token');
  limits.recordBudgets({ ratelimit: '"resolvers";r=9' }, 'api', 'anonymous');
  limits.recordBudgets({ 'ratelimit-policy': POLICY }, 'api', 'anonymous');
  const unlimited = { bucket: 'resolvers', credential: 'anonymous', remaining: 9, quota: null, resetsAt: null };
  expect(limits.currentBudgets()).toEqual([
    { bucket: 'api', credential: 'token', remaining: 498, quota: 500, resetsAt: 290_000 },
    unlimited,
  ]);
  clock.now = 290_000;
  expect(limits.currentBudgets()).toEqual([unlimited]);
});
