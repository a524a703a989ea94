import { startSmall } from './platform/config/engine-flags.js';
import { unknownNames } from './platform/config/env.js';
import type { HubConfig } from './platform/config/hub-config.js';
import { loadConfig } from './platform/config/load-config.js';
import { secretFiles, secretsIn, type Secrets } from './platform/config/secrets.js';
import { checkPort } from './platform/http/port-check.js';
import { bootFault, CommandFault } from './platform/observability/boot-fault.js';

/** Reading the port needs no secrets, and must not create any. */
const NO_SECRETS: Secrets = { adminToken: '', secretKey: '' };

/** What a person who has just started the hub wants to know. The token itself is never printed: terminals and logs are kept. */
function announce(config: HubConfig): string {
  const admin = process.env.KOHAKU_HUB_ADMIN_SECRET_TOKEN
    ? 'the one in KOHAKU_HUB_ADMIN_SECRET_TOKEN'
    : `in the file ${secretFiles(config.dataDir).adminToken}`;
  return [
    `Hubfall ${config.version} is up.`,
    `  Hub:         ${config.baseUrl}`,
    `  API docs:    ${config.baseUrl}/docs`,
    `  Admin token: ${config.admin.enabled ? admin : 'the admin API is switched off'}`,
    '',
  ].join('\n');
}

/** The application is loaded last: settings that are wrong and a port that is taken are reported at once, and leave nothing behind. */
async function serve(): Promise<void> {
  const { port, host } = loadConfig(() => NO_SECRETS);
  await checkPort(port, host);
  const config = loadConfig(secretsIn);
  const mayGrow = startSmall();
  const { startHub } = await import('./app.start.js');
  await startHub(config, unknownNames(process.env));
  mayGrow();
  process.stdout.write(announce(config));
}

async function main(name: string | undefined): Promise<void> {
  if (name === undefined) return serve();
  const { COMMANDS } = await import('./app.commands.js');
  const command = COMMANDS.get(name);
  if (!command)
    throw new CommandFault(`${name} is no command: expected ${[...COMMANDS.keys()].join(' or ')}, or none to serve.`);
  process.stdout.write(`${await command()}\n`);
}

main(process.argv[2]).catch((error: unknown) => {
  process.stderr.write(`${bootFault(error)}\n`);
  process.exit(1);
});
