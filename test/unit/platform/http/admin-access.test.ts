import type { HubConfig } from '../../../../src/platform/config/hub-config.js';
import { newMemoryLimiter } from '../../../../src/platform/cluster/new-limiter.js';
import { AdminAccessService } from '../../../../src/platform/http/admin-access.service.js';

const accessWith = (enabled: boolean): AdminAccessService =>
  new AdminAccessService({ admin: { enabled, token: 'right' } } as HubConfig, newMemoryLimiter);

async function times(count: number, act: () => Promise<unknown>): Promise<void> {
  for (let time = 0; time < count; time += 1) await act();
}

describe('the admin token', () => {
  // the limiter reads the clock itself: on a busy machine, 600 requests take longer than a second
  const { now } = Date;
  beforeEach(() => void (Date.now = () => Date.UTC(2026, 0, 1)));
  afterEach(() => void (Date.now = now));

  it.each([
    ['right', true, 'granted'],
    ['wrong', true, 'wrong'],
    ['', true, 'wrong'],
    ['right', false, 'disabled'],
  ])('%j is judged with admin %p as %s', async (token, enabled, access) => {
    expect(await accessWith(enabled).checkToken(token, '10.0.0.1')).toBe(access);
  });

  it('may be wrong nine times and right then', async () => {
    const admin = accessWith(true);
    await times(9, () => admin.checkToken('wrong', '10.0.0.1'));
    expect(await admin.checkToken('right', '10.0.0.1')).toBe('granted');
  });

  it('is not looked at after ten wrong ones from the same address; another address is', async () => {
    const admin = accessWith(true);
    await times(10, () => admin.checkToken('wrong', '10.0.0.1'));
    expect(await admin.countRequest('10.0.0.1')).toBeUndefined();
    expect(await admin.checkToken('right', '10.0.0.1')).toBe('wrong');
    expect(await admin.countRequest('10.0.0.1')).toBe(60);
    expect(await admin.checkToken('right', '10.0.0.2')).toBe('granted');
  });

  it('may ask 600 times a minute', async () => {
    const admin = accessWith(true);
    await times(600, async () => expect(await admin.countRequest('10.0.0.1')).toBeUndefined());
    expect(await admin.countRequest('10.0.0.1')).toBe(60);
    expect(await admin.countRequest('10.0.0.2')).toBeUndefined();
  });
});
