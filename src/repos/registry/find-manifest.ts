import { HubError } from '../../domain/hub-error.js';
import { repoFullName } from '../../domain/repo-id.js';
import { modelWithTag, projectorOf, tagsOf, type GgufModel, type RepoFile } from '../facts/gguf-files.js';
import type { TemplateFacts } from '../facts/model-facts.js';
import { isOllama } from '../read/ollama-downloads.js';
import {
  acceptedManifest,
  digestOf,
  DOCKER_MANIFEST,
  manifestOf,
  modelArtifact,
  OCI_MANIFEST,
  type ModelArtifact,
} from './gguf-manifest.js';
import { isSettingFile, type GgufRepo } from './gguf-repo.js';

/** The models of a repository, and their template for Ollama. */
export interface FoundModels {
  readonly found: GgufRepo;
  readonly models: readonly GgufModel[];
  readonly template: TemplateFacts;
}

interface ManifestHeaders {
  readonly accept?: string | undefined;
  readonly 'user-agent'?: string | undefined;
}

/** A manifest, and its media type. */
export interface FoundManifest {
  readonly body: object;
  readonly mediaType: string;
}

/** @throws HubError `EntryNotFound`; `NotImplemented` for a split model, if the client is Ollama */
export function manifestWithTag(all: FoundModels, tag: string, headers: ManifestHeaders): FoundManifest {
  const { found, models } = all;
  const { commit, repo } = found;
  const model = modelWithTag(models, tag);
  if (!model) {
    const tags = tagsOf(models).slice(0, MAX_NAMED_TAGS).join(', ');
    const message = `The repository "${repoFullName(repo)}" has no GGUF model with the tag "${tag}". It has these: ${tags}.`;
    throw new HubError('EntryNotFound', message, { commit });
  }
  const mediaType = acceptedManifest(headers.accept ?? '');
  if (/^llama-cpp/i.test(headers['user-agent'] ?? ''))
    return { mediaType: 'application/json; charset=utf-8', body: llamaManifest(all, model) };
  if (isOllama(headers) && model.parts.length > 1)
    throw new HubError(
      'NotImplemented',
      'Ollama cannot load models that are split into several files. Choose another tag.',
    );
  return { mediaType, body: manifestOf(artifactOf(all, model), mediaType) };
}

const MAX_NAMED_TAGS = 30;

/** @throws HubError `EntryNotFound` */
export function manifestWithDigest(all: FoundModels, digest: string): FoundManifest {
  for (const model of all.models.filter(hasDigests)) {
    const artifact = artifactOf(all, model);
    for (const mediaType of [DOCKER_MANIFEST, OCI_MANIFEST]) {
      const body = manifestOf(artifact, mediaType);
      if (digestOf(JSON.stringify(body)) === digest) return { body, mediaType };
    }
  }
  const { commit } = all.found;
  throw new HubError('EntryNotFound', 'The repository has no manifest with this digest.', { commit });
}

/** As huggingface.co: the manifest, if it has one, and the entries of the files. */
function llamaManifest(all: FoundModels, model: GgufModel): object {
  const projector = projectorOf(all.found.files, model);
  return {
    ...(hasDigests(model) && manifestOf(artifactOf(all, model), DOCKER_MANIFEST)),
    ggufFile: siblingOf(model.parts[0]!),
    ...(projector && { mmprojFile: siblingOf(projector) }),
  };
}

const siblingOf = ({ path, oid, size, sha256, pointerSize }: RepoFile): object => ({
  rfilename: path,
  blobId: oid,
  size,
  ...(pointerSize !== undefined && { lfs: { sha256, size, pointerSize } }),
});

/** Whether registry clients can download a model: they need the SHA-256 of its files. */
export const hasDigests = ({ parts }: GgufModel): boolean => parts.every(({ sha256 }) => sha256 !== undefined);

export function artifactOf({ found, template }: FoundModels, model: GgufModel): ModelArtifact {
  const { files, gguf } = found;
  const settings = files.filter(({ path, sha256 }) => isSettingFile(path) && sha256 !== undefined);
  const projector = projectorOf(files, model);
  return modelArtifact(
    { model, settings, projector: projector?.sha256 === undefined ? undefined : projector },
    {
      gguf,
      template,
    },
  );
}
