import { HubError } from '../../domain/hub-error.js';
import { repoFullName, type RepoId } from '../../domain/repo-id.js';

/** How requests for access to a gated repository are accepted; `false` for a repository that is not gated. */
export const GATES = ['auto', 'manual', false] as const;
export type Gate = (typeof GATES)[number];

/** States of requests. After `reset`, the account may request access again. */
export const REQUEST_STATUSES = ['pending', 'accepted', 'rejected', 'reset'] as const;
export type RequestStatus = (typeof REQUEST_STATUSES)[number];

/** The facts that decide whether a caller may read the content of a repository. */
export interface GateFacts {
  readonly repo: RepoId;
  readonly gated: Gate;
  /** Whether the caller is the owner, a member of the owning organization, or an administrator of the hub. */
  readonly isInsider: boolean;
  readonly isSignedIn: boolean;
  /** Status of the caller's request; null without one. */
  readonly status: RequestStatus | null;
  /** The reason of a rejected or reset request. */
  readonly reason: string | null;
}

/**
 * The reason why a caller may not read the content of a repository; `undefined` if they may. Clients know the messages of huggingface.co (contract B.2). This
 * is the only place that decides it.
 */
export function gateError(facts: GateFacts): HubError | undefined {
  const { gated, isInsider, isSignedIn, status } = facts;
  if (gated === false || isInsider || status === 'accepted') return undefined;
  if (isSignedIn) return refusal(facts);
  return new HubError(
    'GatedRepo',
    `Access to ${labelOf(facts.repo)} is restricted. You must have access to it and be authenticated to access it. Please log in.`,
    { status: 401, signIn: true },
  );
}

function refusal({ repo, status, reason }: GateFacts): HubError {
  const label = labelOf(repo);
  const because = reason === null ? '' : ` Reason: ${reason}`;
  if (status === 'pending')
    return closed(`Your request to access ${label} is awaiting a review from the repo authors.`);
  if (status === 'rejected')
    return closed(`Your request to access ${label} has been rejected by the repo's authors.${because}`);
  if (status === 'reset')
    return closed(`Your request to access ${label} has been reset by the repo's authors.${because}`, {
      repo,
      to: 'submit a new request',
    });
  return closed(`Access to ${label} is restricted and you are not in the authorized list.`, {
    repo,
    to: 'ask for access',
  });
}

const closed = (message: string, visit?: { readonly repo: RepoId; readonly to: string }): HubError =>
  new HubError('GatedRepo', message, { status: 403, ...(visit && { visit }) });

const labelOf = (repo: RepoId): string => `${repo.type} ${repoFullName(repo)}`;
