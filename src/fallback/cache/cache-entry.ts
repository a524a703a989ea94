import type { HubError } from '../../domain/hub-error.js';
import type { Binding } from './binding.store.js';

/** The cached result for a request: the binding of its repository, or a recent "not found" from every source. */
export interface CacheEntry {
  readonly binding?: Binding;
  readonly negative?: HubError;
}

/** Stores the result of a search. Nothing is stored if the sources changed since the search began. */
export interface SearchRecorder {
  /** @param isInconclusive - whether a source of higher priority gave no definitive answer and might have the repository */
  bind(key: string, sourceKey: string, isInconclusive: boolean): Promise<void>;
  /** Records that every source denied the request. The error is thrown again for a short time. */
  deny(key: string, error: HubError): Promise<void>;
}
