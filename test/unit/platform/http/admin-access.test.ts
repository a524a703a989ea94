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

  it('is accepted after nine failed attempts', async () => {
    const admin = accessWith(true);
    await times(9, () => admin.checkToken('wrong', '10.0.0.1'));
    expect(await admin.checkToken('right', '10.0.0.1')).toBe('granted');
  });

  it('is rejected for an address after ten failed attempts, but not for other addresses', async () => {
    const admin = accessWith(true);
    await times(10, () => admin.checkToken('wrong', '10.0.0.1'));
    expect(await admin.countRequest('10.0.0.1')).toBeUndefined();
    expect(await admin.checkToken('right', '10.0.0.1')).toBe('wrong');
    expect(await admin.countRequest('10.0.0.1')).toBe(60);
    expect(await admin.checkToken('right', '10.0.0.2')).toBe('granted');
  });

  it('allows 600 requests per minute and address', async () => {
    const admin = accessWith(true);
    await times(600, async () => expect(await admin.countRequest('10.0.0.1')).toBeUndefined());
    expect(await admin.countRequest('10.0.0.1')).toBe(60);
    expect(await admin.countRequest('10.0.0.2')).toBeUndefined();
  });
});
