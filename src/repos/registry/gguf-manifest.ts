import { createHash } from 'node:crypto';
import { HubError } from '../../domain/hub-error.js';
import type { GgufFacts, TemplateFacts } from '../facts/model-facts.js';
import type { GgufModel, RepoFile } from '../facts/gguf-files.js';

export const DOCKER_MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';
export const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const CONFIG = 'application/vnd.docker.container.image.v1+json';
const LAYER = 'application/vnd.ollama.image';
/** Files at the root of a repository that replace what the hub generates, as on huggingface.co. */
export const SETTING_FILES = ['template', 'params', 'system'] as const;

/** A small file that the hub generates for registry clients. */
export interface GeneratedBlob {
  readonly digest: string;
  readonly content: string;
}

/** A part of a manifest. */
interface Descriptor {
  readonly digest: string;
  readonly mediaType: string;
  readonly size: number;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Everything that clients get for a model. */
export interface ModelArtifact {
  readonly config: GeneratedBlob;
  readonly generated: readonly GeneratedBlob[];
  readonly layers: readonly (Descriptor & { readonly title?: string })[];
}

/** The header of a GGUF model, and its template for Ollama, as far as they are known. */
export interface ArtifactFacts {
  readonly gguf?: GgufFacts | undefined;
  readonly template: TemplateFacts;
}

/** A model, and the files that belong to it. */
export interface ModelFiles {
  readonly model: GgufModel;
  readonly projector?: RepoFile | undefined;
  /** `template`, `params` and `system` of the repository. */
  readonly settings: readonly RepoFile[];
}

/**
 * Describes a model for registry clients. The result depends only on the content of the repository, so that all replicas return the same digests.
 * @throws HubError `NotImplemented` if the SHA-256 of a file is not known
 */
export function modelArtifact({ model, projector, settings }: ModelFiles, facts: ArtifactFacts): ModelArtifact {
  const files = [
    ...model.parts.map((file) => fileLayer(file, 'model')),
    ...(projector ? [fileLayer(projector, 'projector')] : []),
    ...settings.map((file) => fileLayer(file, file.path)),
  ];
  const has = (name: string): boolean => settings.some(({ path }) => path === name);
  const { template: text, params = {} } = facts.template;
  const template = has('template') || text === undefined ? [] : [textLayer(text, 'template')];
  const texts = [...template, ...(has('params') ? [] : [textLayer(JSON.stringify(params), 'params')])];
  const layers = [...files, ...texts.map(({ layer }) => layer)];
  const config = generate(JSON.stringify(configOf(model, facts, layers)));
  return { config, generated: [config, ...texts.map(({ blob }) => blob)], layers };
}

function configOf(model: GgufModel, { gguf }: ArtifactFacts, layers: readonly Descriptor[]): object {
  const family = gguf?.architecture ?? 'unknown';
  return {
    model_format: 'gguf',
    model_family: family,
    model_families: [family],
    model_type: gguf === undefined ? 'unknown' : inBillions(gguf.total),
    file_type: model.quantization ?? 'unknown',
    architecture: 'amd64',
    os: 'linux',
    rootfs: { type: 'layers', diff_ids: layers.map(({ digest }) => digest) },
  };
}

function inBillions(total: number): string {
  return total >= 1e9 ? `${round(total / 1e9)}B` : total >= 1e6 ? `${round(total / 1e6)}M` : String(total);
}

const round = (value: number): string => String(Number(value.toPrecision(3)));

function fileLayer({ sha256, size, path }: RepoFile, kind: string): ModelArtifact['layers'][number] {
  if (sha256 === undefined)
    throw new HubError('NotImplemented', `The source of this repository does not report the SHA-256 of "${path}".`);
  return { digest: `sha256:${sha256}`, mediaType: `${LAYER}.${kind}`, size, title: path };
}

function textLayer(content: string, kind: string): { layer: Descriptor; blob: GeneratedBlob } {
  const blob = generate(content);
  return { blob, layer: { digest: blob.digest, mediaType: `${LAYER}.${kind}`, size: Buffer.byteLength(content) } };
}

const generate = (content: string): GeneratedBlob => ({ digest: digestOf(content), content });

export const digestOf = (content: string): string => `sha256:${createHash('sha256').update(content).digest('hex')}`;

/** The manifest in a format that the client accepts. OCI clients name files by their titles. */
export function manifestOf({ config, layers }: ModelArtifact, mediaType: string): object {
  const isOci = mediaType === OCI_MANIFEST;
  return {
    schemaVersion: 2,
    mediaType,
    config: { digest: config.digest, mediaType: CONFIG, size: Buffer.byteLength(config.content) },
    layers: layers.map(({ title, ...layer }) => ({
      ...layer,
      ...(isOci && title !== undefined && { annotations: { 'org.opencontainers.image.title': title } }),
    })),
  };
}

/** The OCI format for clients that accept it. Ollama only accepts Docker's. */
export const acceptedManifest = (accept: string): string =>
  accept.includes(OCI_MANIFEST) ? OCI_MANIFEST : DOCKER_MANIFEST;
