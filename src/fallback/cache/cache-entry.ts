import type { HubError } from '../../domain/hub-error.js';
import type { Binding } from './binding.store.js';

/** The state of a repository that is known without a request to a source: its binding, or that every source denied the request recently. */
export interface CacheEntry {
  readonly binding?: Binding;
  readonly negative?: HubError;
}

/** Stores the result of a search. Nothing is stored if the sources changed since the search began. */
export interface SearchRecorder {
  /** @param isDoubtful - a source of higher priority did not respond, and might have had the repository */
  bind(key: string, sourceKey: string, isDoubtful: boolean): Promise<void>;
  /** Every source denied the request; the error is thrown again for a short time. */
  deny(key: string, error: HubError): Promise<void>;
}
