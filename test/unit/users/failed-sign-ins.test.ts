import { expect, it } from '@jest/globals';
import type { Caller } from '../../../src/domain/caller.js';
import type { AuditEvent, AuditLog } from '../../../src/platform/audit/audit-log.service.js';
import { FailedSignIns } from '../../../src/users/failed-sign-ins.service.js';

/** The recorded events with the addresses of their callers. */
function recorder(): { readonly failures: FailedSignIns; readonly events: [string | undefined, AuditEvent][] } {
  const events: [string | undefined, AuditEvent][] = [];
  const note = (by: Caller | undefined, event: AuditEvent): Promise<void> => {
    events.push([by?.origin?.address, event]);
    return Promise.resolve();
  };
  return { failures: new FailedSignIns({ note } as unknown as AuditLog), events };
}

const from = (address: string): Caller => ({ origin: { address, requestId: 'r' } });
const WRONG = { reason: 'wrong password', account: { id: 7, name: 'carol' } };

it('records the first failure at once, and equal ones as one event per minute', async () => {
  const { failures, events } = recorder();
  for (let n = 0; n < 5; n += 1) await failures.record(from('192.0.2.1'), WRONG);
  const event = { action: 'user.sign_in_failed', ownerId: 7, object: 'carol' };
  const data = { reason: 'wrong password', method: 'password' };
  expect(events).toEqual([['192.0.2.1', { ...event, data }]]);
  await failures.flush();
  expect(events.slice(1)).toEqual([['192.0.2.1', { ...event, data: { ...data, repeated: 4 } }]]);
  await failures.flush();
  expect(events).toHaveLength(2);
});

it('records other reasons, providers and accounts separately', async () => {
  const { failures, events } = recorder();
  await failures.record(from('192.0.2.1'), WRONG);
  await failures.record(from('192.0.2.1'), { ...WRONG, account: { id: 8, name: 'dora' } });
  await failures.record(from('192.0.2.1'), { reason: 'domain', provider: 'okta' });
  await failures.record(from('192.0.2.2'), { reason: 'domain', provider: 'okta' });
  expect(events.map(([address, { data }]) => [address, data!['method']])).toEqual([
    ['192.0.2.1', 'password'],
    ['192.0.2.1', 'password'],
    ['192.0.2.1', 'okta'],
    ['192.0.2.2', 'okta'],
  ]);
});

it('records a flood from many addresses as a few events', async () => {
  const { failures, events } = recorder();
  for (let n = 0; n < 10_000; n += 1) await failures.record(from(`198.51.${n >> 8}.${n & 255}`), WRONG);
  await failures.flush();
  expect(events).toHaveLength(102);
  expect(events.at(-1)).toEqual([
    undefined,
    {
      action: 'user.sign_in_failed',
      data: { reason: 'sign-ins from many addresses', method: 'password', repeated: 9_899 },
    },
  ]);
});
