import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { SECRET_FIELDS } from '../../../src/domain/source.js';
import { settingNames } from '../../../src/platform/config/read-settings.js';
import { readManifests, validateManifest, type Manifest } from '../../support/kubernetes-manifests.js';
import { areInstalled, programOf } from '../../support/kubernetes-programs.mjs';

const CHART = resolve(import.meta.dirname, '../../../docker/helm/hubfall');

type Values = Readonly<Record<string, unknown>>;

/** The output of `helm template`, whose schema messages and sentences are in `stderr`. */
function template(values: Values): { status: number | null; stdout: string; stderr: string } {
  const args = ['template', 'hub', '.', '--namespace', 'hubs', '--is-upgrade', '--values', '-'];
  return spawnSync(programOf('helm'), args, { cwd: CHART, encoding: 'utf8', input: JSON.stringify(values) });
}

function render(values: Values): Manifest[] {
  const { status, stdout, stderr } = template(values);
  if (status !== 0) throw new Error(stderr);
  return readManifests(stdout);
}

const SECRETS = ['KOHAKU_HUB_SECRET_KEY', 'KOHAKU_HUB_ADMIN_SECRET_TOKEN', 'KOHAKU_HUB_DATABASE_URL'];
const replicated = (values: Values = {}): Values => ({
  mode: 'fleet',
  secrets: { existingSecret: 'hubfall', keys: SECRETS },
  ...values,
});
const setting = (name: string, value: unknown): Values => ({ settings: { [name]: value } });
const route = (values: Values): Values => ({
  httpRoute: { enabled: true, parentRefs: [{ name: 'public' }], ...values },
});
const admin = (host: string): Values => ({ ingress: { admin: { enabled: true, host } } });
const term = { topologyKey: 'kubernetes.io/hostname', labelSelectr: {} };

/** The place or the sentence that names the fault, and values with it. */
const REFUSED: readonly (readonly [string, Values])[] = [
  [
    'needs a PostgreSQL server',
    { mode: 'fleet', secrets: { values: { KOHAKU_HUB_SECRET_KEY: '0123456789abcdef0123' } } },
  ],
  ['needs a PostgreSQL server', replicated({ secrets: { existingSecret: 'hubfall', keys: SECRETS.slice(0, 2) } })],
  ['needs KOHAKU_HUB_SECRET_KEY: add', replicated({ secrets: { existingSecret: 'hubfall', keys: SECRETS.slice(1) } })],
  [
    'needs KOHAKU_HUB_ADMIN_SECRET_TOKEN: add',
    replicated({ secrets: { existingSecret: 'hubfall', keys: [SECRETS[0], SECRETS[2]] } }),
  ],
  ["invalid propertyName 'KOHAKU_HUB_SITE_NAME'", { secrets: { values: { KOHAKU_HUB_SITE_NAME: 'Not a secret' } } }],
  ...['KOHAKU_HUB_DATA_DIR', 'KOHAKU_HUB_STORAGE', 'PORT', 'HOST'].map(
    (name) => [`settings: remove ${name}, which the chart sets itself`, setting(name, 'x')] as const,
  ),
  [
    'settings: remove KOHAKU_HUB_CA_FILE',
    { ...setting('KOHAKU_HUB_CA_FILE', '/ca.pem'), certificateAuthorities: { configMap: 'authority' } },
  ],
  ['settings: move KOHAKU_HUB_SECRET_KEY to a Secret', setting('KOHAKU_HUB_SECRET_KEY', '0123456789abcdef')],
  ['settings: move KOHAKU_HUB_REDIS_URL to a Secret', setting('KOHAKU_HUB_REDIS_URL', 'redis://:word@redis')],
  ...SECRET_FIELDS.map((field) => {
    const source = { name: 'Hub', url: 'https://hub.test', [field]: field === 'headers' ? { 'X-Key': 'k' } : 'u:k' };
    const sources = setting('KOHAKU_HUB_FALLBACK_SOURCES', JSON.stringify([source]));
    return ['settings: move KOHAKU_HUB_FALLBACK_SOURCES to a Secret', sources] as const;
  }),
  ...['OTEL_EXPORTER_OTLP_HEADERS', 'HTTP_PROXY', 'OTEL_EXPORTER_OTLP_ENDPOINT'].map(
    (name) => [`settings: move ${name} to a Secret`, setting(name, 'http://user:word@host')] as const,
  ),
  ['add OTEL_EXPORTER_OTLP_HEADERS to a Secret', setting('OTEL_EXPORTER_OTLP_TRACES_HEADERS', 'authorization=x')],
  ['also one of the secrets', replicated(setting('KOHAKU_HUB_DATABASE_URL', 'postgres://db/hub'))],
  ['also one of the secrets', replicated(setting('KOHAKU_HUB_SECRET_KEY_FILE', '/key'))],
  ['KOHAKU_HUB_SHUTDOWN_TIMEOUT is "abc"', setting('KOHAKU_HUB_SHUTDOWN_TIMEOUT', 'abc')],
  ['KOHAKU_HUB_SHUTDOWN_DELAY is "601"', setting('KOHAKU_HUB_SHUTDOWN_DELAY', 601)],
  ...['app.kubernetes.io/name', 'app.kubernetes.io/component', 'helm.sh/chart'].map(
    (name) => [`podLabels: remove ${name}`, { podLabels: { [name]: 'x' } }] as const,
  ),
  ['podAnnotations: remove checksum/settings', { podAnnotations: { 'checksum/settings': 'x' } }],
  ['autoscaling.minReplicas (5)', replicated({ autoscaling: { minReplicas: 5, maxReplicas: 2 } })],
  ['The mode small has one replica', { replicas: 3 }],
  ['because autoscaling decides', replicated({ replicas: 3 })],
  ["at '/service/port'", { service: { port: 70000 } }],
  ...['Hub_Fall', 'hub.fall', '-hub'].map((name) => ["at '/fullnameOverride'", { fullnameOverride: name }] as const),
  ["at '/serviceAccount/name'", { serviceAccount: { name: 'Bad_Name' } }],
  ...['abc', -1, '101%'].map(
    (maxUnavailable) => ["at '/disruptionBudget/maxUnavailable'", { disruptionBudget: { maxUnavailable } }] as const,
  ),
  ["at '/ingress/host'", { ingress: { enabled: true, host: 'https://hub.example.org/x' } }],
  ["at '/httpRoute/hostnames/0'", route({ hostnames: ['https://hub.example.org'] })],
  ["at '/httpRoute/parentRefs/0'", route({ parentRefs: [{ nme: 'g' }] })],
  ["at '/monitoring/serviceMonitor/interval'", { monitoring: { serviceMonitor: { interval: 'abc' } } }],
  ["additional properties 'request' not allowed", { resources: { request: { cpu: 1 } } }],
  ["at '/resources/limits/cpu'", { resources: { limits: { cpu: 'foo' } } }],
  ["additional properties 'podSelectr'", { networkPolicy: { from: [{ podSelectr: {} }] } }],
  ["at '/networkPolicy/egress/0/ports/0/port'", { networkPolicy: { egress: [{ ports: [{ port: 99999 }] }] } }],
  ["additional properties 'efect'", { tolerations: [{ key: 'gpu', efect: 'NoSchedule' }] }],
  ["additional properties 'nodeAfinity'", { affinity: { nodeAfinity: {} } }],
  [
    "additional properties 'labelSelectr'",
    { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } } },
  ],
  ["additional properties 'maxskew'", { topologySpreadConstraints: [{ maxskew: 1 }] }],
  ["at '/certificateAuthorities/key'", { certificateAuthorities: { configMap: 'authority', key: 'a/b' } }],
  ["at '/persistence/accessModes'", { persistence: { accessModes: [] } }],
  ["missing property 'port'", { service: { port: null } }],
  [
    'must differ from the public host',
    { ingress: { enabled: true, host: 'a.org', admin: { enabled: true, host: 'a.org' } } },
  ],
  ['must differ from the public host', { ...route({ hostnames: ['a.org'] }), ...admin('a.org') }],
];

// Rendered by Helm itself: node test/support/kubernetes-programs.mjs installs it, for Linux on x86-64. No cluster is used.
(areInstalled() ? describe : describe.skip)('the values of the Helm chart', () => {
  it.each(REFUSED)('are refused: %s %j', (message, values) => {
    expect(template(values)).toMatchObject({ status: 1, stderr: expect.stringContaining(message) as string });
  });

  it.each<[string, Values, string[]]>([
    ['a setting that is null', setting('KOHAKU_HUB_SITE_NAME', null), []],
    ['no settings', { settings: null }, []],
    ['temporary storage in Pi', replicated({ temporaryStorage: '10Pi' }), ['sizeLimit: 10Pi']],
    ['a budget in percent', replicated({ disruptionBudget: { maxUnavailable: '25%' } }), ['maxUnavailable: 25%']],
    ['replicas', replicated({ replicas: 3, autoscaling: { enabled: false } }), ['replicas: 3']],
    ['no number of replicas', replicated({ autoscaling: { enabled: false } }), ['replicas: 2']],
    ['a route for all hosts', route({ hostnames: null }), ['kind: HTTPRoute']],
    ['a shutdown in fractions', setting('KOHAKU_HUB_SHUTDOWN_TIMEOUT', '30.5'), ['terminationGracePeriodSeconds: 51']],
    ['a Redis without password', setting('KOHAKU_HUB_REDIS_URL', 'redis://redis:6379'), ['redis://redis:6379']],
    ['an Ingress for administrators only', admin('admin.org'), ['name: hub-hubfall-admin', 'host: "admin.org"']],
    [
      'a wildcard host',
      { ingress: { enabled: true, host: '*.example.org', tlsSecret: '1' } },
      ['host: "*.example.org"'],
    ],
    [
      'names that are numbers',
      { persistence: { storageClassName: '1' }, nameOverride: '2' },
      ['storageClassName: "1"'],
    ],
    ['a route and an Ingress for administrators', { ...route({}), ...admin('admin.org') }, ['host: "admin.org"']],
  ])('allow %s', async (_name, values, texts) => {
    for (const manifest of render(values)) await validateManifest(manifest);
    const { stdout } = template(values);
    for (const text of texts) expect(stdout).toContain(text);
    expect(stdout).not.toMatch(/<nil>|KOHAKU_HUB_SITE_NAME/);
  });
});

it('include all fields of sources with credentials', () => {
  const checks = readFileSync(join(CHART, 'templates/_checks.tpl'), 'utf8');
  const [, list] = /define "hubfall\.sourceSecretFields" -}}\n(.*)\n/.exec(checks)!;
  expect(JSON.parse(list!)).toEqual(SECRET_FIELDS);
});

it('allows the secrets that the hub can read from files', () => {
  const schema = JSON.parse(readFileSync(join(CHART, 'values.schema.json'), 'utf8')) as {
    definitions: { secretSetting: { enum: string[] } };
  };
  const files = settingNames().filter((name) => name.endsWith('_FILE') && name !== 'KOHAKU_HUB_CA_FILE');
  expect([...schema.definitions.secretSetting.enum].sort()).toEqual(files.map((name) => name.slice(0, -5)).sort());
});
