import type { OperationKind } from '../../domain/operation.js';
import { plainCommits, plainInfo, plainPaths, plainRefs, plainSize } from './drop-mistyped-fields.js';
import { plainDiscussions } from './plain-discussions.js';
import { userList } from './account-replies.js';
import type { Decoders, Replies } from './source-strategy.js';

const objectOf = ([reply]: Replies) => reply.json as Readonly<Record<string, unknown>>;
const arrayOf = ([reply]: Replies) => reply.json as readonly unknown[];

/** Replies in huggingface.co's format, which is the hub's own: only known fields with values of the wrong type are removed. */
export const REPOSITORY_DECODERS: Pick<Decoders, OperationKind> = {
  resolve: () => ({ json: undefined }),
  info: (_, replies) => ({ json: plainInfo(objectOf(replies)) }),
  revision: (_, replies) => ({ json: plainInfo(objectOf(replies)) }),
  tree: (_, replies) => ({ json: plainPaths(arrayOf(replies)) }),
  pathsInfo: (_, replies) => ({ json: plainPaths(arrayOf(replies)) }),
  treesize: (_, replies) => ({ json: plainSize(objectOf(replies)) }),
  refs: (_, replies) => ({ json: plainRefs(objectOf(replies)) }),
  commits: (_, replies) => ({ json: plainCommits(arrayOf(replies)) }),
  compare: (_, [reply]) => ({ json: reply.json as string }),
  discussions: (_, replies) => ({ json: plainDiscussions(objectOf(replies)) }),
  likers: (_, [reply]) => ({ json: userList(reply.json) }),
};
