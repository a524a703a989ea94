import { InvalidEnvironmentError } from './env.js';
import type { HubConfig } from './hub-config.js';

/** Values that earlier versions of docker/compose.yaml used as defaults, so anyone can know them. */
const PUBLISHED: ReadonlySet<string> = new Set(['only-for-trying-out-0123456789abcdef']);
const LOOPBACK = /^(127\.\d+\.\d+\.\d+|::1|localhost)$/;

const ADVICE = 'Set a random value, such as the output of openssl rand -hex 32.';
const KEY_ADVICE =
  'Put a random key before it, separated by a comma, start the hub, and run the rotate-key command. Then remove the published one.';

/**
 * Checks that no secret is a published example, unless only this machine can reach the hub.
 * @throws InvalidEnvironmentError
 */
export function checkPublishedSecrets({ host, secretKeys, admin }: HubConfig): void {
  if (LOOPBACK.test(host)) return;
  const isPublished = `is a published example, and HOST=${host} lets other machines connect.`;
  const problems = [
    ...(secretKeys[0] !== undefined && PUBLISHED.has(secretKeys[0])
      ? [`KOHAKU_HUB_SECRET_KEY ${isPublished} ${KEY_ADVICE}`]
      : []),
    ...(admin.enabled && PUBLISHED.has(admin.token) ? [`KOHAKU_HUB_ADMIN_SECRET_TOKEN ${isPublished} ${ADVICE}`] : []),
  ];
  if (problems.length > 0) throw new InvalidEnvironmentError(problems);
}
