import type { Attempt } from '../../../../src/domain/attempt.js';
import { organizationPresence, repoPresence } from '../../../../src/fallback/guard/judge-name.js';

const attempt = (verdict: Attempt['verdict'], category: Attempt['category']): Attempt =>
  ({ verdict, category, repoDenied: false }) as Attempt;
const served = attempt('serve', 'ok');
const notFound = attempt('next', 'not-found');
const INCONCLUSIVE = (
  ['forbidden', 'token-rejected', 'rate-limited', 'server', 'timeout', 'network', 'unavailable', 'other'] as const
).map((category) => attempt('next', category));

describe('repoPresence', () => {
  it.each([served, attempt('propagate', 'not-found'), attempt('next', 'auth'), attempt('next', 'disabled')])(
    'is yes if the repository exists: %j',
    (exists) => expect(repoPresence(exists)).toBe('yes'),
  );

  it('returns no after a definitive "not found"', () => expect(repoPresence(notFound)).toBe('no'));

  it.each(INCONCLUSIVE)('is unknown otherwise: %j', (other) => expect(repoPresence(other)).toBe('unknown'));
});

describe('organizationPresence', () => {
  it('is yes if one request served', () => {
    expect(organizationPresence([notFound, served])).toBe('yes');
    expect(organizationPresence([served, attempt('next', 'forbidden')])).toBe('yes');
  });

  it('returns no if all requests are definitively "not found"', () =>
    expect(organizationPresence([notFound, notFound])).toBe('no'));

  it.each(INCONCLUSIVE)('is unknown if one is not definitive: %j', (other) =>
    expect(organizationPresence([notFound, other])).toBe('unknown'),
  );
});
