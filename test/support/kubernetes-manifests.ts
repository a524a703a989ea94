import { dumpYaml, loadYaml } from '@kubernetes/client-node';
import { parse, parseAllDocuments, stringify } from 'yaml';

/** A Kubernetes object. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec?: Record<string, unknown>;
  readonly data?: Record<string, string>;
  readonly stringData?: Record<string, string>;
}

/** A container, as far as the tests read it. */
export interface Container {
  readonly image: string;
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value: string }[];
  readonly securityContext: object;
  readonly resources: { readonly requests: Readonly<Record<string, string>> };
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[];
}

/** The pod of a manifest. */
export interface PodSpec {
  readonly securityContext: object;
  readonly terminationGracePeriodSeconds: number;
  readonly initContainers?: readonly Container[];
  readonly containers: readonly Container[];
  readonly volumes: readonly { readonly name: string }[];
}

/** Packages with the schemas of kinds that are not part of Kubernetes itself. */
const MODELS: Readonly<Record<string, string>> = {
  'monitoring.coreos.com': '@kubernetes-models/prometheus-operator',
  'gateway.networking.k8s.io': '@kubernetes-models/gateway-api',
  'external-secrets.io': '@kubernetes-models/external-secrets',
};

/** All objects in a YAML text. */
export const readManifests = (text: string): Manifest[] =>
  parseAllDocuments(text)
    .map((document) => document.toJS() as Manifest | null)
    .filter((manifest) => manifest !== null);

/**
 * Compares an object with the schema of its kind, which is a class whose `validate` throws. Unknown fields are lost when the client loads and dumps
 * an object.
 */
export async function validateManifest(manifest: Manifest): Promise<void> {
  expect(parse(dumpYaml(loadYaml(stringify(manifest))))).toEqual(manifest);
  const models = MODELS[manifest.apiVersion.split('/')[0]!] ?? 'kubernetes-models';
  const file = `${models}/${manifest.apiVersion}/${manifest.kind}`;
  const { [manifest.kind]: Kind } = (await import(file)) as Record<
    string,
    new (data: Manifest) => { validate(): void }
  >;
  new Kind!(manifest).validate();
}

/** The pod, or the template of pods, of an object. Undefined for other kinds. */
export function podOf({ kind, spec, metadata }: Manifest): { labels: object; spec: PodSpec } | undefined {
  if (kind === 'Pod') return { labels: metadata.labels ?? {}, spec: spec as unknown as PodSpec };
  const template = spec?.template as { metadata: { labels: object }; spec: PodSpec } | undefined;
  return template && 'containers' in template.spec
    ? { labels: template.metadata.labels, spec: template.spec }
    : undefined;
}

/** Checks what the Pod Security Standard "restricted" requires, and that the root file system is read-only. */
export function expectRestricted({ securityContext, initContainers = [], containers }: PodSpec): void {
  expect(securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
  for (const container of [...initContainers, ...containers])
    expect(container.securityContext).toEqual({
      readOnlyRootFilesystem: true,
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
    });
}
