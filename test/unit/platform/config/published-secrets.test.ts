import { checkPublishedSecrets } from '../../../../src/platform/config/published-secrets.js';
import { readEnvironment } from '../../../support/read-environment.js';

const EXAMPLE = 'only-for-trying-out-0123456789abcdef';
const check = (env: Record<string, string>) => (): void => checkPublishedSecrets(readEnvironment(env));

describe('published example secrets', () => {
  it.each([
    [{ KOHAKU_HUB_SECRET_KEY: EXAMPLE }, /KOHAKU_HUB_SECRET_KEY is a published example.*rotate-key/],
    [{ KOHAKU_HUB_ADMIN_SECRET_TOKEN: EXAMPLE }, /KOHAKU_HUB_ADMIN_SECRET_TOKEN is a published example.*openssl rand/],
    [{ KOHAKU_HUB_ADMIN_SECRET_TOKEN: EXAMPLE, HOST: '10.0.0.5' }, /HOST=10\.0\.0\.5 lets other machines connect/],
    [{ KOHAKU_HUB_ADMIN_SECRET_TOKEN: EXAMPLE, HOST: '::' }, /HOST=::/],
  ])('%j is rejected', (env, problem) => {
    expect(check(env)).toThrow(problem);
  });

  it.each<Record<string, string>>([
    {},
    { KOHAKU_HUB_SECRET_KEY: EXAMPLE, HOST: '127.0.0.1' },
    { KOHAKU_HUB_ADMIN_SECRET_TOKEN: EXAMPLE, HOST: 'localhost' },
    { KOHAKU_HUB_ADMIN_SECRET_TOKEN: EXAMPLE, HOST: '::1' },
    { KOHAKU_HUB_ADMIN_SECRET_TOKEN: EXAMPLE, KOHAKU_HUB_ADMIN_ENABLED: 'false' },
  ])('%j is accepted', (env) => {
    expect(check(env)).not.toThrow();
  });
});
