import type { Attempt } from '../../../../src/domain/attempt.js';
import { organizationAnswer, repoAnswer } from '../../../../src/fallback/guard/judge-name.js';

const attempt = (verdict: Attempt['verdict'], category: Attempt['category']): Attempt =>
  ({ verdict, category, repoDenied: false }) as Attempt;
const served = attempt('serve', 'ok');
const notFound = attempt('next', 'not-found');
const INCONCLUSIVE = (
  ['forbidden', 'token-rejected', 'rate-limited', 'server', 'timeout', 'network', 'unavailable', 'other'] as const
).map((category) => attempt('next', category));

describe('repoAnswer', () => {
  it.each([served, attempt('propagate', 'not-found'), attempt('next', 'auth'), attempt('next', 'disabled')])(
    'is yes if the repository exists: %j',
    (exists) => expect(repoAnswer(exists)).toBe('yes'),
  );

  it('returns no after a definitive "not found"', () => expect(repoAnswer(notFound)).toBe('no'));

  it.each(INCONCLUSIVE)('is unknown otherwise: %j', (other) => expect(repoAnswer(other)).toBe('unknown'));
});

describe('organizationAnswer', () => {
  it('is yes if one request served', () => {
    expect(organizationAnswer([notFound, served])).toBe('yes');
    expect(organizationAnswer([served, attempt('next', 'forbidden')])).toBe('yes');
  });

  it('returns no if all requests are definitively "not found"', () =>
    expect(organizationAnswer([notFound, notFound])).toBe('no'));

  it.each(INCONCLUSIVE)('is unknown if one is not definitive: %j', (other) =>
    expect(organizationAnswer([notFound, other])).toBe('unknown'),
  );
});
