import type { RepoId } from '../../domain/repo-id.js';
import type { RepoFile } from '../facts/gguf-files.js';
import type { GgufFacts } from '../facts/model-facts.js';
import { SETTING_FILES } from './gguf-manifest.js';

/** A repository as registry clients see it. */
export interface GgufRepo {
  readonly repo: RepoId;
  /** Id of the commit that the files belong to. */
  readonly commit: string;
  /** The files that matter for registry clients, see `isRegistryFile`. */
  readonly files: readonly RepoFile[];
  /** Known fields of the header of the models. */
  readonly gguf?: GgufFacts | undefined;
  /** Headers of responses, such as the source of the repository. */
  readonly headers: Readonly<Record<string, string>>;
}

export const isRegistryFile = (path: string): boolean => /\.gguf$/i.test(path) || isSettingFile(path);

export const isSettingFile = (path: string): boolean => SETTING_FILES.some((name) => name === path);
