import type { HubConfig } from '../../../../src/platform/config/hub-config.js';
import { newMemoryLimiter } from '../../../../src/platform/cluster/new-limiter.js';
import { AdminAccessService } from '../../../../src/platform/http/admin-access.service.js';

const accessWith = (enabled: boolean): AdminAccessService =>
  new AdminAccessService({ admin: { enabled, token: 'right' } } as HubConfig, newMemoryLimiter);

async function times(count: number, act: () => Promise<unknown>): Promise<void> {
  for (let time = 0; time < count; time += 1) await act();
}

describe('the admin token', () => {
  // The limiter reads the system clock, and on a busy machine 600 requests take longer than a second.
  const { now } = Date;
  beforeEach(() => void (Date.now = () => Date.UTC(2026, 0, 1)));
  afterEach(() => void (Date.now = now));

  it.each([
    ['right', true, 'granted'],
    ['wrong', true, 'wrong'],
    ['', true, 'wrong'],
    ['right', false, 'disabled'],
  ])('%j with admin access %p is %s', async (token, enabled, access) => {
    expect(await accessWith(enabled).checkToken(token, '10.0.0.1')).toBe(access);
  });

  it.each(['10.0.0.1', '10.0.0.2'])(
    'is accepted from %s after any number of failed attempts from 10.0.0.1',
    async (address) => {
      const admin = accessWith(true);
      await times(1000, async () => admin.countRequest(await admin.checkToken('wrong', '10.0.0.1'), '10.0.0.1'));
      await times(700, () => admin.countRequest('missing', '10.0.0.1'));
      expect(await admin.checkToken('right', address)).toBe('granted');
      expect(await admin.countRequest('granted', address)).toBeUndefined();
    },
  );

  it('allows ten failed attempts per minute and address', async () => {
    const admin = accessWith(true);
    const tryWrong = async (address: string): Promise<number | undefined> =>
      admin.countRequest(await admin.checkToken('wrong', address), address);
    await times(10, async () => expect(await tryWrong('10.0.0.1')).toBeUndefined());
    expect(await tryWrong('10.0.0.1')).toBe(60);
    expect(await tryWrong('10.0.0.2')).toBeUndefined();
    await times(10, () => tryWrong('2001:db8::1'));
    expect(await tryWrong('2001:db8::2')).toBe(60); // both are in one network
    await admin.checkToken('right', '10.0.0.1');
    expect(await tryWrong('10.0.0.1')).toBe(60); // a correct token does not reset the count
  });

  it.each(['granted', 'missing'] as const)('allows 600 requests per minute and address if it is %s', async (access) => {
    const admin = accessWith(true);
    await times(600, async () => expect(await admin.countRequest(access, '10.0.0.1')).toBeUndefined());
    expect(await admin.countRequest(access, '10.0.0.1')).toBe(60);
    expect(await admin.countRequest(access, '10.0.0.2')).toBeUndefined();
  });
});
