import { HubError, type HubErrorCode } from '../../../../src/domain/hub-error.js';
import { mustWait, retryTime } from '../../../../src/repos/prefetch/prefetch-retry.js';

const NOW = new Date('2026-11-30T00:00:00Z');
const pauseAfter = (error: unknown, attempts = 0): number | undefined => {
  const at = retryTime(error, attempts, NOW);
  return at && (at.getTime() - NOW.getTime()) / 1000;
};
const failed = (code: HubErrorCode, retryAfter?: number): HubError => new HubError(code, 'failed', { retryAfter });

it.each<[string, HubError, number, number | undefined]>([
  ['the first time', failed('UpstreamUnavailable'), 0, 5],
  ['again', failed('UpstreamTimeout'), 3, 40],
  ['many times, which is limited', failed('UpstreamFailed'), 7, 300],
  ['too often', failed('UpstreamFailed'), 8, undefined],
  ['and reports a time', failed('UpstreamUnavailable', 60), 0, 60],
  ['because it limits requests, also after many attempts', failed('RateLimited', 200), 50, 200],
  ['because it limits requests for a day', failed('RateLimited', 86_400), 0, 300],
  ['because the hub is offline', failed('Offline'), 50, 5],
  ['because it does not have the file', failed('EntryNotFound'), 0, undefined],
  ['because it denies access', failed('GatedRepo'), 0, undefined],
])('a source that fails %s', (_, error, attempts, seconds) => {
  expect(pauseAfter(error, attempts)).toBe(seconds);
});

it('only limits and the offline mode do not count as attempts', () => {
  const codes: HubErrorCode[] = ['RateLimited', 'Offline', 'UpstreamFailed', 'EntryNotFound'];
  expect(codes.filter((code) => mustWait(failed(code)))).toEqual(['RateLimited', 'Offline']);
});

it('an error of this hub is retried', () => {
  expect(pauseAfter(new Error('The database is unavailable'))).toBe(5);
});
