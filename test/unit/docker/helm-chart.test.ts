import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { unknownNames } from '../../../src/platform/config/read-settings.js';
import { areInstalled, programOf } from '../../support/kubernetes-programs.mjs';
import {
  expectRestricted,
  podOf,
  readManifests,
  validateManifest,
  type Manifest,
} from '../../support/kubernetes-manifests.js';
import { problemsOf } from '../../support/read-environment.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const CHART = resolve(import.meta.dirname, '../../../docker/helm/hubfall');
const ALERTS = join(CHART, 'monitoring/alerts.yaml');

const helm = (...args: string[]): { status: number | null; stdout: string; stderr: string } =>
  spawnSync(programOf('helm'), args, { cwd: CHART, encoding: 'utf8' });

/** All objects of a release, including hooks of upgrades. */
function render(...args: string[]): Manifest[] {
  const { status, stdout, stderr } = helm('template', 'hub', '.', '--namespace', 'hubs', '--is-upgrade', ...args);
  if (status !== 0) throw new Error(stderr);
  return readManifests(stdout);
}

const values = (...files: string[]): string[] => files.flatMap((file) => ['--values', `examples/${file}.yaml`]);
const find = (manifests: readonly Manifest[], kind: string, name = 'hub-hubfall'): Manifest =>
  manifests.find((manifest) => manifest.kind === kind && manifest.metadata.name === name)!;
const kindsOf = (manifests: readonly Manifest[]): string[] => manifests.map(({ kind }) => kind).sort();

const SMALL = 'ConfigMap NetworkPolicy Pod Service ServiceAccount StatefulSet'.split(' ');
const REPLICATED = [
  'ConfigMap ConfigMap Deployment HTTPRoute HorizontalPodAutoscaler Job NetworkPolicy Pod PodDisruptionBudget',
  'PrometheusRule Service Service ServiceAccount ServiceMonitor',
].flatMap((kinds) => kinds.split(' '));
const WITH_SECRETS_IN_VALUES = [
  'ConfigMap Deployment HorizontalPodAutoscaler Job NetworkPolicy Pod PodDisruptionBudget Secret Secret Service',
  'ServiceAccount',
].flatMap((kinds) => kinds.split(' '));
const TRIAL_SECRETS = {
  KOHAKU_HUB_SECRET_KEY: 'first-secret-key',
  KOHAKU_HUB_ADMIN_SECRET_TOKEN: 'admin-token',
  KOHAKU_HUB_DATABASE_URL: 'postgres://hub:password@postgres/hub',
};
const TRIAL = ['--set', 'mode=fleet', '--set-json', `secrets.values=${JSON.stringify(TRIAL_SECRETS)}`];
const ALL_EXAMPLES = values('production', 'company-authority', 'default-deny', 'ingress-nginx');

// Rendered by Helm itself: node test/support/kubernetes-programs.mjs installs it, for Linux on x86-64. No cluster is used.
(areInstalled() ? describe : describe.skip)('the Helm chart', () => {
  it('passes helm lint', () => {
    expect(helm('lint', '.', '--strict', ...values('production'))).toMatchObject({ status: 0 });
  });

  describe.each<[string, string[], string[]]>([
    ['small', [], SMALL],
    ['small with an Ingress', values('ingress-nginx'), [...SMALL, 'Ingress', 'Ingress', 'Service']],
    ['small on an existing volume', ['--set', 'persistence.existingClaim=old'], SMALL],
    ['fleet', values('production'), REPLICATED],
    ['fleet with all other examples', ALL_EXAMPLES, [...REPLICATED, 'Ingress', 'Ingress']],
    [
      'fleet with external secrets',
      [...values('production', 'external-secrets'), '--set', 'secrets.existingSecret='],
      [...REPLICATED, 'ExternalSecret'],
    ],
    ['fleet with secrets in values', TRIAL, WITH_SECRETS_IN_VALUES],
  ])('%s', (_name, args, kinds) => {
    let manifests: Manifest[];
    beforeAll(() => {
      manifests = render(...args);
    });

    it('has the expected objects, which match the Kubernetes schemas', async () => {
      expect(kindsOf(manifests)).toEqual([...kinds].sort());
      for (const manifest of manifests) await validateManifest(manifest);
    });

    it('has only restricted pods, which request ephemeral storage and are covered by the network policy', () => {
      const { podSelector } = find(manifests, 'NetworkPolicy').spec as { podSelector: { matchLabels: object } };
      const pods = manifests.map(podOf).filter((pod) => pod !== undefined);
      expect(pods.length).toBeGreaterThan(1);
      for (const { labels, spec } of pods) {
        expectRestricted(spec);
        expect(labels).toMatchObject(podSelector.matchLabels);
        for (const { resources } of spec.containers) expect(resources.requests).toHaveProperty('ephemeral-storage');
        const mounts = spec.containers.flatMap(({ volumeMounts = [] }) => volumeMounts.map(({ name }) => name));
        const volumes = spec.volumes?.map(({ name }) => name) ?? [];
        const templates = (find(manifests, 'StatefulSet')?.spec?.volumeClaimTemplates ?? []) as Manifest[];
        expect(
          mounts.filter((name) => ![...volumes, ...templates.map(({ metadata }) => metadata.name)].includes(name)),
        ).toEqual([]);
      }
    });

    it('has only settings that the hub accepts', () => {
      const settings = find(manifests, 'ConfigMap').data!;
      expect(unknownNames(settings)).toEqual([]);
      const isFile = (name: string): boolean => name.endsWith('_FILE');
      const own = Object.entries(settings).filter(([name]) => !isFile(name));
      const s3 = settings.KOHAKU_HUB_STORAGE === 's3' ? { KOHAKU_HUB_S3_BUCKET: 'hub' } : {};
      expect(problemsOf({ ...s3, ...Object.fromEntries(own) })).toEqual([]);
    });
  });

  it('reads secrets from files, and restarts pods when they or the settings change', () => {
    const [first, second, third] = [
      TRIAL,
      [...TRIAL, '--set', 'secrets.values.KOHAKU_HUB_SECRET_KEY=second'],
      [...TRIAL, '--set', 'settings.KOHAKU_HUB_SITE_NAME=Other'],
    ].map((args) => render(...args));
    expect(find(first!, 'ConfigMap').data).toMatchObject({
      KOHAKU_HUB_SECRET_KEY_FILE: '/run/secrets/hubfall/KOHAKU_HUB_SECRET_KEY',
    });
    const annotationsOf = (manifests: Manifest[]): object =>
      (find(manifests, 'Deployment').spec as { template: Manifest }).template.metadata.annotations!;
    expect(annotationsOf(second!)).not.toEqual(annotationsOf(first!));
    expect(annotationsOf(third!)).not.toEqual(annotationsOf(first!));
    expect(JSON.stringify(find(first!, 'Deployment'))).not.toContain('first-secret-key');
  });

  it('passes numbers and booleans of a values file as they are written', async () => {
    const file = join(await temporaryFolder(), 'values.yaml');
    const settings = { KOHAKU_HUB_LFS_PART_SIZE: 100000000, KOHAKU_HUB_REDIS_TIMEOUT: 0.5, KOHAKU_HUB_HSTS: false };
    writeFileSync(file, JSON.stringify({ settings }));
    expect(find(render('--values', file), 'ConfigMap').data).toMatchObject({
      KOHAKU_HUB_LFS_PART_SIZE: '100000000',
      KOHAKU_HUB_REDIS_TIMEOUT: '0.5',
      KOHAKU_HUB_HSTS: 'false',
    });
  });

  it('migrates before an upgrade with the settings of the new version, as a hook', () => {
    const manifests = render(...values('production'));
    const { metadata, spec } = find(manifests, 'Job', 'hub-hubfall-migrate');
    expect(metadata.annotations).toMatchObject({
      'helm.sh/hook': 'pre-upgrade',
      'helm.sh/hook-delete-policy': 'before-hook-creation,hook-succeeded',
    });
    const [container] = (spec as { template: { spec: { containers: ReturnType<typeof podOf>[] } } }).template.spec
      .containers as unknown as { args: string[]; env: { name: string; value: string }[] }[];
    expect(container!.args.at(-1)).toBe('migrate');
    expect(Object.fromEntries(container!.env.map(({ name, value }) => [name, value]))).toEqual(
      find(manifests, 'ConfigMap').data,
    );
  });

  it('sends private paths to a Service without pods, except on the host for administrators', () => {
    const manifests = render(...values('production', 'ingress-nginx'));
    expect(find(manifests, 'Service', 'hub-hubfall-private').spec).not.toHaveProperty('selector');
    const pathsOf = (name: string): string[] => {
      const { rules } = find(manifests, 'Ingress', name).spec as {
        rules: { http: { paths: { path: string; backend: { service: { name: string } } }[] } }[];
      };
      return rules[0]!.http.paths.map(({ path, backend }) => `${path} ${backend.service.name}`);
    };
    const hidden = ['/admin', '/metrics', '/docs', '/docs-json', '/docs-yaml'];
    expect(pathsOf('hub-hubfall')).toEqual([...hidden.map((path) => `${path} hub-hubfall-private`), '/ hub-hubfall']);
    expect(pathsOf('hub-hubfall-admin')).toEqual(['/ hub-hubfall']);
    const { rules } = find(manifests, 'HTTPRoute').spec as {
      rules: { matches: { path: { value: string } }[]; backendRefs: { name: string }[]; timeouts?: object }[];
    };
    expect(
      rules.map(({ matches, backendRefs }) => [matches.map(({ path }) => path.value), backendRefs[0]!.name]),
    ).toEqual([
      [hidden, 'hub-hubfall-private'],
      [['/'], 'hub-hubfall'],
    ]);
    expect(rules[1]!.timeouts).toEqual({ request: '0s', backendRequest: '0s' });
  });

  it('can scale by requests in flight', () => {
    const manifests = render(...values('production'), '--set', 'autoscaling.targetRequestsInFlight=200');
    const { metrics } = find(manifests, 'HorizontalPodAutoscaler').spec as { metrics: object[] };
    expect(metrics[1]).toMatchObject({
      pods: { metric: { name: 'hubfall_http_requests_in_flight' }, target: { averageValue: '200' } },
    });
    expect(find(manifests, 'Deployment').spec).not.toHaveProperty('replicas');
  });

  it('has the alerts of docker/kubernetes, and a ServiceMonitor with the metrics token', () => {
    const manifests = render(...values('production'));
    expect(find(manifests, 'PrometheusRule').spec).toEqual(
      (parse(readFileSync(ALERTS, 'utf8')) as { spec: object }).spec,
    );
    const { endpoints } = find(manifests, 'ServiceMonitor').spec as { endpoints: object[] };
    expect(endpoints[0]).toMatchObject({
      authorization: { type: 'Bearer', credentials: { name: 'hubfall', key: 'KOHAKU_HUB_METRICS_TOKEN' } },
    });
  });

  it('uses the image by digest', () => {
    const digest = `sha256:${'a'.repeat(64)}`;
    const images = render(...values('production'), '--set', `image.digest=${digest}`)
      .flatMap((manifest) => podOf(manifest)?.spec.containers ?? [])
      .map(({ image }) => image);
    expect([...new Set(images)]).toEqual([`registry.example.org/hubfall:0.2.0@${digest}`]);
  });

  it.each<[string, string[]]>([
    ['The mode fleet needs secrets', ['--set', 'mode=fleet']],
    ["at '/mode': value must be one of 'small', 'fleet'", ['--set', 'mode=huge']],
    ["additional properties 'ingres' not allowed", ['--set', 'ingres.enabled=true']],
    ["at '/image/digest'", ['--set', 'image.digest=sha256:short']],
    ['Set httpRoute.parentRefs to your Gateway', ['--set', 'httpRoute.enabled=true']],
    ['needs the secret KOHAKU_HUB_METRICS_TOKEN', ['--set', 'monitoring.serviceMonitor.enabled=true']],
    ['Set only one of secrets.existingSecret', [...TRIAL, '--set', 'secrets.existingSecret=other']],
    ['Set secrets.externalSecret.storeName', ['--set', 'secrets.externalSecret.enabled=true']],
  ])('explains invalid values: %s', (message, args) => {
    expect(() => render(...args)).toThrow(message);
  });

  it('can be packaged, with the alerts and the dashboard', async () => {
    const folder = await temporaryFolder();
    expect(helm('package', '.', '--destination', folder)).toMatchObject({ status: 0 });
    const packaged = spawnSync(
      programOf('helm'),
      [
        'template',
        'hub',
        join(folder, 'hubfall-0.2.0.tgz'),
        ...values('production').map((value) => value.replace('examples', join(CHART, 'examples'))),
      ],
      { encoding: 'utf8' },
    );
    expect(packaged.stdout).toContain('HubfallComponentDown');
    expect(packaged.stdout).toContain('hubfall.json');
  });
});

describe('the Helm chart without Helm', () => {
  const read = (file: string): string => readFileSync(join(CHART, file), 'utf8');

  it('has the version of the hub', () => {
    const { version } = JSON.parse(readFileSync(join(CHART, '../../../package.json'), 'utf8')) as { version: string };
    expect(parse(read('Chart.yaml'))).toMatchObject({ version, appVersion: version });
  });

  it('has examples that are valid YAML', () => {
    const examples = readdirSync(join(CHART, 'examples'));
    expect(examples.length).toBeGreaterThan(5);
    for (const name of examples) expect(typeof parse(read(`examples/${name}`))).toBe('object');
  });
});
