import { InvalidEnvironmentError } from '../../platform/config/env.js';
import type { HubConfig } from '../../platform/config/hub-config.js';
import { checkPublishedSecrets } from '../../platform/config/published-secrets.js';
import { settingNames, unknownNames } from '../../platform/config/read-settings.js';
import type { Environment } from '../../platform/config/variable.js';
import { findingsOf, type Finding } from './finding.js';
import { SETTINGS_RULES } from './settings-rules.js';

const { ok, warning, problem } = findingsOf('settings');
const MAX_TYPOS = 4;

/** Number of letters to insert, delete or replace. */
function distance(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, at) => at);
  for (let i = 1; i <= left.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= right.length; j += 1)
      next[j] = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (left[i - 1] === right[j - 1] ? 0 : 1));
    row = next;
  }
  return row[right.length]!;
}

/** The setting with the most similar name, if one is similar. */
function similarName(name: string): string | undefined {
  const [best] = settingNames()
    .map((known) => ({ known, typos: distance(name, known) }))
    .sort((left, right) => left.typos - right.typos);
  return best && best.typos <= MAX_TYPOS ? best.known : undefined;
}

/** Findings about variables that look like settings of the hub but are not. */
export const unknownSettings = (env: Environment): Finding[] =>
  unknownNames(env).map((name) => {
    const similar = similarName(name);
    return warning(
      `${name} is not a setting of this version, so it has no effect.`,
      similar === undefined ? 'See .env.example for all settings.' : `Did you mean ${similar}?`,
    );
  });

/** Findings about an environment with which the hub does not start. */
export const invalidSettings = ({ problems }: InvalidEnvironmentError): Finding[] =>
  problems.map((line) => problem(`${line}.`, 'Correct the setting. See .env.example for its description.'));

/** Examines the settings of a valid configuration. */
export function examineSettings(config: HubConfig, env: Environment): Finding[] {
  const found = [...unknownSettings(env), ...publishedSecrets(config), ...brokenRules(config, env)];
  return found.length > 0 ? found : [ok('The settings are valid, and none is suspicious.')];
}

const brokenRules = (config: HubConfig, env: Environment): Finding[] =>
  SETTINGS_RULES.filter(({ applies }) => applies(config, env)).map(({ level, message, advice }) =>
    (level === 'problem' ? problem : warning)(message, advice),
  );

function publishedSecrets(config: HubConfig): Finding[] {
  try {
    checkPublishedSecrets(config);
    return [];
  } catch (error) {
    if (!(error instanceof InvalidEnvironmentError)) throw error;
    return error.problems.map((line) => problem(line, 'The hub does not start with it.'));
  }
}
