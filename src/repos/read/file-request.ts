import type { FallbackRequest } from '../../fallback/resolver/fallback-request.js';
import type { FileOperation } from '../../domain/operation.js';

/** A read request for one file. */
export type FileRequest = FallbackRequest & { readonly operation: FileOperation };
