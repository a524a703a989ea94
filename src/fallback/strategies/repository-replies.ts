import type { OperationKind } from '../../domain/operation.js';
import type { Decoders, Replies } from './source-strategy.js';
import { stripXetFromEntries, stripXetFromInfo } from './strip-xet.js';

const objectOf = ([reply]: Replies) => reply.json as Readonly<Record<string, unknown>>;
const arrayOf = ([reply]: Replies) => reply.json as readonly unknown[];

/** Replies in huggingface.co's format, which is the hub's own: only Xet hints are removed. */
export const REPOSITORY_DECODERS: Pick<Decoders, OperationKind> = {
  resolve: () => ({ json: undefined }),
  info: (_, replies) => ({ json: stripXetFromInfo(objectOf(replies)) }),
  revision: (_, replies) => ({ json: stripXetFromInfo(objectOf(replies)) }),
  tree: (_, replies) => ({ json: stripXetFromEntries(arrayOf(replies)) }),
  pathsInfo: (_, replies) => ({ json: stripXetFromEntries(arrayOf(replies)) }),
  refs: (_, replies) => ({ json: objectOf(replies) }),
  commits: (_, replies) => ({ json: arrayOf(replies) }),
};
