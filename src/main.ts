import { CommandError, describeBootError } from './app/describe-boot-error.js';
import { SOURCE_TYPES } from './fallback/strategies/strategies.js';
import { startSmall } from './platform/config/engine-flags.js';
import { checkDataDir, storesInDataDir } from './platform/config/check-data-dir.js';
import type { HubConfig } from './platform/config/hub-config.js';
import { hubVersion, loadConfig } from './platform/config/load-config.js';
import { checkPublishedSecrets } from './platform/config/published-secrets.js';
import { unknownNames } from './platform/config/read-settings.js';
import { secretsIn, type Secrets } from './platform/config/secrets.js';
import { checkPort } from './platform/http/port-check.js';

/** The checks before startup need no secrets, and must not create any. */
const NO_SECRETS: Secrets = { adminToken: '', secretKey: '' };

const loadSettings = (): HubConfig => loadConfig({ secretsIn: () => NO_SECRETS, sourceTypes: SOURCE_TYPES });

/** Loads the application last, so that invalid settings, a port that is in use and an unusable data directory are reported at once, before anything is created. */
async function serve(): Promise<void> {
  const settings = loadSettings();
  checkPublishedSecrets(settings);
  await checkPort(settings.port, settings.host);
  checkDataDir(settings);
  const config = loadConfig({ secretsIn, sourceTypes: SOURCE_TYPES });
  const allowGrowth = startSmall();
  const { startHub } = await import('./app/start-hub.js');
  await startHub(config, unknownNames(process.env));
  allowGrowth();
}

const OR = new Intl.ListFormat('en', { type: 'disjunction' });

async function main(name: string | undefined, args: readonly string[]): Promise<void> {
  if (name === undefined) return serve();
  if (name === '--version') return void process.stdout.write(`${hubVersion()}\n`);
  const { COMMANDS } = await import('./app/commands.js');
  const command = COMMANDS.get(name);
  if (!command)
    throw new CommandError(
      `Unknown command ${name}. Use ${OR.format(COMMANDS.keys())}, or no command to start the hub.`,
    );
  silenceSdk();
  if (command.usesDataDir) {
    const settings = loadSettings();
    if (storesInDataDir(settings)) checkDataDir(settings);
  }
  const { output, code } = await command.run(args);
  if (output !== '') process.stdout.write(`${output}\n`);
  process.exitCode = code;
}

/** The AWS SDK warns of versions of Node that a later SDK will not support, which users of a command cannot change. */
function silenceSdk(): void {
  process.removeAllListeners('warning');
  process.on('warning', ({ name, message }) => {
    if (!message.startsWith('NodeVersionSupportWarning')) process.stderr.write(`${name}: ${message}\n`);
  });
}

function exitWithReason(error: unknown): void {
  process.stderr.write(`${describeBootError(error)}\n`);
  process.exit(1);
}

process.on('uncaughtException', exitWithReason);
main(process.argv[2], process.argv.slice(3)).catch(exitWithReason);
