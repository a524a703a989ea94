import type { ClientKey } from '../../../../src/domain/client-key.js';
import { ClientActivity } from '../../../../src/platform/async/client-activity.js';
import { FairTurns } from '../../../../src/platform/async/fair-turns.js';

const light: ClientKey = 'account light';
const busy: ClientKey = 'account busy';
const anonymous: ClientKey = 'address 192.0.2.1';

let now = 0;
let activity: ClientActivity;
beforeEach(() => {
  now = 0;
  activity = new ClientActivity(() => now);
});

describe('clients that have used much yield', () => {
  it.each([
    ['anonymous clients', anonymous],
    ['accounts', busy],
  ])('%s, to an account that has used little', (_, client) => {
    activity.add(client, 5_000);
    activity.note(light);
    expect([activity.yields(client), activity.yields(light)]).toEqual([true, false]);
  });

  it('only while the account is active', () => {
    activity.add(anonymous, 5_000);
    activity.note(light);
    now += 299;
    expect(activity.yields(anonymous)).toBe(true);
    now += 1;
    expect(activity.yields(anonymous)).toBe(false);
  });

  it('only while they have used much recently', () => {
    activity.add(anonymous, 5_000);
    now += 10_000; // five half-lives
    activity.note(light);
    expect(activity.yields(anonymous)).toBe(false);
  });

  it('not to anonymous clients, nor to accounts that use as much', () => {
    activity.add(anonymous, 5_000);
    activity.note('address 192.0.2.2');
    expect(activity.yields(anonymous)).toBe(false);
    activity.add(busy, 2_000);
    activity.note(busy);
    expect(activity.yields(anonymous)).toBe(false);
  });
});

it('clients that yield share a slot while the account is active', () => {
  const turns = new FairTurns({ slots: 4, reserved: 1, yielding: 1 }, activity);
  const started = (client: ClientKey): boolean => turns.turnOf(client).resume() === undefined;
  for (const client of [anonymous, busy]) activity.add(client, 5_000);
  expect(started(light)).toBe(true);
  expect([anonymous, busy, anonymous].map(started)).toEqual([true, false, false]);
  expect(started(light)).toBe(true);
  expect(started('address 192.0.2.2')).toBe(true); // has used nothing
});
